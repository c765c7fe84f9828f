package dev.skein.mesh.clustered;

import java.io.DataInput;
import java.io.DataOutput;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.Header;
import org.jgroups.Message;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.MessageBatch;
import org.jspecify.annotations.Nullable;

/**
 * The top of the stack: takes out Skein's messages and leaves the rest to Infinispan. It is there
 * from the first message on, while a ForkChannel can be connected only after its channel is, and
 * would lose what comes between. Called by JGroups, on its threads.
 */
final class Frames extends Protocol {
  private static final short PROTOCOL_ID = 3_072;
  private static final short MAGIC_ID = 3_073;

  static {
    ClassConfigurator.addIfAbsent(MAGIC_ID, Mark.class);
    ClassConfigurator.addProtocol(PROTOCOL_ID, Frames.class);
  }

  private final Receiver receiver;

  /** Who hears what comes up. */
  interface Receiver {
    /** One at a time. */
    void onMembers(View view);

    /** In order for each sender; several senders at once. */
    void onMessage(Address sender, byte[] array, int offset, int length);
  }

  Frames(Receiver receiver) {
    this.receiver = receiver;
    this.id = PROTOCOL_ID;
  }

  /**
   * Sends reliably and in order. Blocks as long as the receiver takes nothing. It has been
   * coalesced already, so it need not wait for JGroups' bundler.
   */
  void send(Address target, byte[] array, int length) {
    Message message = new BytesMessage(target, array, 0, length);
    message.setFlag(Message.Flag.DONT_BUNDLE);
    message.putHeader(id, Mark.INSTANCE);
    down_prot.down(message);
  }

  /** Where a node listens; empty in a cluster without sockets, or while it is not known yet. */
  Optional<InetSocketAddress> endpointOf(Address node) {
    return down_prot.down(new Event(Event.GET_PHYSICAL_ADDRESS, node)) instanceof IpAddress there
        ? Optional.of(new InetSocketAddress(there.getIpAddress(), there.getPort()))
        : Optional.empty();
  }

  @Override
  public Object up(Event evt) {
    if (evt.getType() == Event.VIEW_CHANGE) {
      receiver.onMembers(evt.getArg());
    }
    return up_prot.up(evt);
  }

  @Override
  public @Nullable Object up(Message msg) {
    return takes(msg) ? null : up_prot.up(msg);
  }

  @Override
  public void up(MessageBatch batch) {
    batch.removeIf(this::takes, true);
    if (!batch.isEmpty()) {
      up_prot.up(batch);
    }
  }

  private boolean takes(Message message) {
    if (message.getHeader(id) == null) {
      return false;
    }
    receiver.onMessage(
        message.getSrc(), message.getArray(), message.getOffset(), message.getLength());
    return true;
  }

  /** Marks a message as Skein's. */
  public static final class Mark extends Header {
    private static final Mark INSTANCE = new Mark();

    public Mark() {}

    @Override
    public short getMagicId() {
      return MAGIC_ID;
    }

    @Override
    public Supplier<? extends Header> create() {
      return () -> INSTANCE;
    }

    @Override
    public int serializedSize() {
      return 0;
    }

    @Override
    public void writeTo(DataOutput out) {}

    @Override
    public void readFrom(DataInput in) {}
  }
}
