package dev.skein.room;

import dev.skein.mesh.NodeInfo;
import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.server.Shard;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node keeps of rooms of other nodes, and which nodes keep rooms of this one. Any thread.
 */
final class Standbys {
  private static final Logger log = LoggerFactory.getLogger(Standbys.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final RoomNode node;
  private final int maxCount;
  private final Map<Long, LiveRoom> kept = new ConcurrentHashMap<>();
  private final Map<Long, Keeping> keepings = new ConcurrentHashMap<>();

  /** A room of another node, and what has come of its next entry. */
  private record Keeping(Standby standby, ByteArrayOutputStream parts) {}

  /** {@code maxCount} limits the rooms of other nodes that this one keeps. */
  Standbys(RoomNode node, int maxCount) {
    this.node = node;
    this.maxCount = maxCount;
  }

  int count() {
    return keepings.size();
  }

  // Rooms of this node

  /** A room begins to be kept by others under that number. */
  void open(long number, LiveRoom room) {
    kept.put(number, room);
  }

  void close(long number) {
    kept.remove(number);
  }

  void on(String sender, RoomMail.Taken taken) {
    with(taken.ledger(), succession -> succession.taken(sender, taken.index()));
  }

  void on(String sender, RoomMail.NoStandby none) {
    with(none.ledger(), succession -> succession.fail(sender, "it does not keep the room"));
  }

  private void with(long number, Consumer<Succession> action) {
    LiveRoom room = kept.get(number);
    if (room != null) {
      room.shard()
          .execute(
              () -> room.backed().ifPresent(backed -> action.accept(backed.ledger().succession())));
    }
  }

  /** The node ends, and leaves the rooms that have backups to them. */
  void rest() {
    kept.keySet().forEach(number -> with(number, Succession::rest));
  }

  // Rooms of other nodes

  void on(String sender, RoomMail.Enlist enlist) {
    Optional<byte[]> bytes = node.adoptions().take(sender, enlist.draft(), enlist.bytes());
    Optional<NodeInfo> home = node.context().mesh().node(sender);
    if (bytes.isEmpty()
        || home.isEmpty()
        || keepings.size() >= maxCount
        || !node.context().acceptsNewThings()) {
      node.tell(sender, new RoomMail.NoStandby(enlist.ledger()));
      return;
    }
    shard(enlist.ledger())
        .execute(() -> {
          try {
            Transcript transcript = Transcript.decode(bytes.get());
            Standby standby =
                new Standby(
                    sender,
                    home.get().id(),
                    enlist.ledger(),
                    enlist.index(),
                    transcript,
                    nowMillis(enlist.ledger()));
            keepings.put(enlist.ledger(), new Keeping(standby, new ByteArrayOutputStream()));
            node.tell(sender, new RoomMail.Taken(enlist.ledger(), enlist.index()));
            if (!isHomeInSight(standby)) {
              // It was lost before anybody could see that this node keeps something of it.
              new Takeover(node, standby).begin();
            }
          } catch (MalformedRecordException e) {
            log.error("the copy of room {} from {} is malformed", enlist.roomId(), sender, e);
            node.tell(sender, new RoomMail.NoStandby(enlist.ledger()));
          }
        });
  }

  void on(String sender, RoomMail.Written part) {
    long number = part.ledger();
    shard(number)
        .execute(() -> {
          Keeping keeping = keepings.get(number);
          if (keeping == null || !keeping.standby.home().equals(sender)) {
            node.tell(sender, new RoomMail.NoStandby(number));
            return;
          }
          keeping.parts.writeBytes(part.bytes());
          if (part.whole()) {
            add(keeping);
          }
        });
  }

  private void add(Keeping keeping) {
    Standby standby = keeping.standby;
    LedgerEntry entry = LedgerEntry.decode(keeping.parts.toByteArray());
    keeping.parts.reset();
    if (!standby.add(entry, nowMillis(standby.number()))) {
      drop(standby);
      node.tell(standby.home(), new RoomMail.NoStandby(standby.number()));
      return;
    }
    if (entry.closed()) {
      drop(standby);
    }
    node.tell(standby.home(), new RoomMail.Taken(standby.number(), entry.index()));
  }

  void on(String sender, RoomMail.Retire retire) {
    shard(retire.ledger())
        .execute(() -> {
          Keeping keeping = keepings.get(retire.ledger());
          if (keeping != null && keeping.standby.home().equals(sender)) {
            drop(keeping.standby);
          }
        });
  }

  /** It is not to be kept any more, or lives here now. */
  void drop(Standby standby) {
    keepings.remove(standby.number());
  }

  boolean has(Standby standby) {
    Keeping keeping = keepings.get(standby.number());
    return keeping != null && keeping.standby == standby;
  }

  /** Whether the node that has the room is there, and has not been started again. */
  boolean isHomeInSight(Standby standby) {
    return node.context()
        .mesh()
        .node(standby.home())
        .filter(home -> home.id() == standby.homeId())
        .isPresent();
  }

  /** Where everything about one keeping is done. */
  Shard shard(long number) {
    return node.shardOf(Long.toHexString(number));
  }

  long nowMillis(long number) {
    return shard(number).nanoTime() / NANOS_PER_MILLI;
  }

  // Nodes come and go

  /** A node is out of sight, or has died and started again. */
  void left(String address) {
    for (Keeping keeping : keepings.values()) {
      Standby standby = keeping.standby;
      if (standby.home().equals(address)) {
        shard(standby.number()).execute(() -> new Takeover(node, standby).begin());
      }
    }
    kept.keySet()
        .forEach(number -> with(number, succession -> succession.fail(address, "it is lost")));
  }

  /** There is a node more that may keep rooms of this one. */
  void joined() {
    for (LiveRoom room : node.directory().all()) {
      room.backed()
          .ifPresent(backed -> room.shard().execute(() -> backed.ledger().succession().review()));
    }
  }
}
