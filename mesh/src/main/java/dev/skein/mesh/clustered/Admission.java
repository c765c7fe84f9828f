package dev.skein.mesh.clustered;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.Header;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.GMS.GmsHeader;
import org.jgroups.protocols.pbcast.JoinRsp;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in the stack below membership and lets the coordinator refuse who may not join, with a
 * reason, before any node hears of it: one of another protocol version or with a name that is
 * taken. Called by JGroups, on its threads.
 */
final class Admission extends Protocol {
  /** Reasons to refuse start with one of these; the newcomer tells them apart. */
  static final String NAME_TAKEN = "name taken: ";

  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
  private static final short PROTOCOL_ID = 3_070;
  private static final short MAGIC_ID = 3_071;
  private static final short GMS_ID = ClassConfigurator.getProtocolId(GMS.class);

  static {
    ClassConfigurator.addIfAbsent(MAGIC_ID, Credentials.class);
    ClassConfigurator.addProtocol(PROTOCOL_ID, Admission.class);
  }

  private final int version;
  private volatile List<Address> members = List.of();

  Admission(int version) {
    this.version = version;
    this.id = PROTOCOL_ID;
  }

  @Override
  public Object down(Message msg) {
    if (asksToJoin(msg.getHeader(GMS_ID))) {
      msg.putHeader(id, new Credentials(version));
    }
    return down_prot.down(msg);
  }

  @Override
  public Object down(Event evt) {
    if (evt.getType() == Event.VIEW_CHANGE) {
      View view = evt.getArg();
      members = List.copyOf(view.getMembers());
    }
    return down_prot.down(evt);
  }

  @Override
  public @Nullable Object up(Message msg) {
    return refuses(msg) ? null : up_prot.up(msg);
  }

  @Override
  public void up(MessageBatch batch) {
    batch.removeIf(this::refuses, true);
    if (!batch.isEmpty()) {
      up_prot.up(batch);
    }
  }

  private static boolean asksToJoin(GmsHeader header) {
    return header != null
        && (header.getType() == GmsHeader.JOIN_REQ
            || header.getType() == GmsHeader.JOIN_REQ_WITH_STATE_TRANSFER);
  }

  private boolean refuses(Message msg) {
    if (!asksToJoin(msg.getHeader(GMS_ID))) {
      return false;
    }
    Credentials credentials = msg.getHeader(id);
    Optional<String> reason = whyNot(msg.getSrc(), credentials);
    reason.ifPresent(text -> {
      LOG.warn("Refused node {}: {}", NodeAddress.nameOf(msg.getSrc()), text);
      Message refusal = new BytesMessage(msg.getSrc());
      refusal.putHeader(GMS_ID, new GmsHeader(GmsHeader.JOIN_RSP));
      refusal.setArray(GMS.marshal(new JoinRsp(text)));
      down_prot.down(refusal);
    });
    return reason.isPresent();
  }

  private Optional<String> whyNot(Address newcomer, Credentials credentials) {
    if (credentials == null || credentials.version != version) {
      return Optional.of(
          "the cluster speaks version "
              + version
              + " of the mesh protocol, the newcomer "
              + (credentials == null ? "none" : "version " + credentials.version));
    }
    String name = NodeAddress.nameOf(newcomer);
    boolean taken =
        members.stream()
            .anyMatch(
                member -> !member.equals(newcomer) && NodeAddress.nameOf(member).equals(name));
    return taken
        ? Optional.of(NAME_TAKEN + "the cluster has a node '" + name + "' already")
        : Optional.empty();
  }

  /** What a node shows when it asks to join. */
  public static final class Credentials extends Header {
    private int version;

    public Credentials() {}

    Credentials(int version) {
      this.version = version;
    }

    @Override
    public short getMagicId() {
      return MAGIC_ID;
    }

    @Override
    public Supplier<? extends Header> create() {
      return Credentials::new;
    }

    @Override
    public int serializedSize() {
      return Integer.BYTES;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeInt(version);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      version = in.readInt();
    }
  }
}
