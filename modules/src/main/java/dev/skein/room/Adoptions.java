package dev.skein.room;

import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.server.Shard;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The rooms that are on their way to this node: their copies come in parts, and become rooms when
 * their former nodes say so. A copy that nothing is said of is forgotten. Copies for other nodes
 * leave from here. Any thread.
 */
final class Adoptions {
  private static final byte[] NOTHING = {};
  private static final int COPY_MAX_BYTES = 64 << 20;
  private static final int PART_BYTES = 64 * 1024;
  private static final int DRAFTS_MAX_COUNT = 256;

  /** For so long a copy waits for what becomes of it. */
  private static final long PATIENCE_MILLIS = 60_000;

  private final RoomNode node;
  private final Restorer restorer;
  private final Map<Key, Draft> drafts = new ConcurrentHashMap<>();

  /** Makes a room that comes from another node. */
  interface Restorer {
    LiveRoom restore(Transcript from, Directory.Name name, Shard shard, long term);
  }

  private record Key(String sender, long draft) {}

  /** Messages and questions of one node come one at a time. */
  private static final class Draft {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable Transcript copy;
    private Directory.@Nullable Name name;
    private long term;
  }

  Adoptions(RoomNode node, Restorer restorer) {
    this.node = node;
    this.restorer = restorer;
  }

  /** Sends a copy to another node; false if it will not arrive there whole. */
  boolean send(String address, long draft, byte[] copy) {
    for (int at = 0; at < copy.length; at += PART_BYTES) {
      byte[] part = Arrays.copyOfRange(copy, at, Math.min(copy.length, at + PART_BYTES));
      if (!node.tell(address, new RoomMail.CopyPart(draft, part))) {
        return false;
      }
    }
    return true;
  }

  void on(String sender, RoomMail.CopyPart part) {
    Key key = new Key(sender, part.draft());
    Draft draft = drafts.get(key);
    if (draft == null) {
      if (drafts.size() >= DRAFTS_MAX_COUNT) {
        return;
      }
      draft = new Draft();
      drafts.put(key, draft);
      node.nextShard().schedule(() -> forget(key), PATIENCE_MILLIS);
    }
    if (draft.bytes.size() + part.bytes().length > COPY_MAX_BYTES) {
      forget(key);
    } else {
      draft.bytes.writeBytes(part.bytes());
    }
  }

  /** The whole of a draft, which is forgotten; empty if it has not so many bytes. */
  Optional<byte[]> take(String sender, long draft, int bytes) {
    return Optional.ofNullable(drafts.remove(new Key(sender, draft)))
        .map(found -> found.bytes.toByteArray())
        .filter(found -> found.length == bytes);
  }

  /** Whether this node takes the room. */
  CompletableFuture<byte[]> on(String sender, RoomMail.Adopt adopt) {
    Key key = new Key(sender, adopt.draft());
    Draft draft = drafts.get(key);
    if (draft == null || draft.bytes.size() != adopt.bytes()) {
      return refuse(key, "the room's copy is not whole");
    }
    if (!node.context().acceptsNewThings() || node.directory().find(adopt.roomId()).isPresent()) {
      return refuse(key, "the node takes no new rooms");
    }
    try {
      draft.copy = Transcript.decode(draft.bytes.toByteArray());
    } catch (MalformedRecordException e) {
      return refuse(key, "the room's copy is malformed");
    }
    draft.bytes.reset();
    draft.term = adopt.term();
    draft.name =
        node.directory().nameOf(adopt.roomId(), draft.copy.copy().charter().number()).orElse(null);
    return draft.name == null
        ? refuse(key, "the node has as many rooms as it may")
        : CompletableFuture.completedFuture(NOTHING);
  }

  private CompletableFuture<byte[]> refuse(Key key, String why) {
    forget(key);
    return CompletableFuture.failedFuture(Refusal.noNewRooms(why));
  }

  /** The room lives here now. */
  CompletableFuture<byte[]> on(String sender, RoomMail.Settle settle) {
    Draft draft = drafts.remove(new Key(sender, settle.draft()));
    if (draft == null || draft.copy == null || draft.name == null) {
      return CompletableFuture.failedFuture(Refusal.notFound());
    }
    return settle(draft.copy, draft.name, draft.term).thenApply(here -> NOTHING);
  }

  /** One with backups is here only if the store says so; else this fails with NOT_FOUND. */
  private CompletableFuture<Void> settle(Transcript from, Directory.Name name, long term) {
    if (from.copy().charter().terms().backups() == 0) {
      adopt(from, name, term);
      return CompletableFuture.completedFuture(null);
    }
    LiveRoom room = restore(from, name, term - 1);
    return room.crossing()
        .claim()
        .thenAccept(granted -> {
          if (!granted) {
            node.directory().giveBack(name);
            throw Refusal.notFound();
          }
          show(room);
        });
  }

  /** A room lives here from now on. */
  void adopt(Transcript from, Directory.Name name, long term) {
    show(restore(from, name, term));
  }

  /** Where its members of this node are, it lives on that branch's shard. */
  private LiveRoom restore(Transcript from, Directory.Name name, long term) {
    Shard shard = node.lines().branch(name.id()).map(Branch::shard).orElseGet(node::nextShard);
    return restorer.restore(from, name, shard, term);
  }

  private void show(LiveRoom room) {
    node.directory().add(room);
    node.changed(room);
    node.homes().enter(room);
    room.crossing().arrive();
  }

  void on(String sender, RoomMail.Withdrawn withdrawn) {
    forget(new Key(sender, withdrawn.draft()));
  }

  /** Nothing more comes from that node. */
  void forgetNode(String sender) {
    drafts.keySet().stream().filter(key -> key.sender.equals(sender)).forEach(this::forget);
  }

  private void forget(Key key) {
    Draft draft = drafts.remove(key);
    if (draft != null && draft.name != null) {
      node.directory().giveBack(draft.name);
    }
  }
}
