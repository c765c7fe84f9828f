package dev.skein.room;

import dev.skein.mesh.Store;
import dev.skein.module.StoreAnswer;
import dev.skein.protocol.record.RecordCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a room lives that does not, or not only, live where it was made: its entry in the cluster's
 * store. Whoever takes a room over enters the next term; of two who do, the first wins.
 *
 * @param home the mesh address of the node; empty: the room is no more
 * @param claim tells apart what two on one node enter, as when a room moves to its backup and its
 *     node dies; 0 for rooms without backups
 * @param term counts from 1
 * @param leaseMillis how long the entry lives unless it is written again
 * @param backups the mesh addresses of the nodes that may take the room over: they have all that
 *     the room has told anybody
 */
record HomeEntry(String home, long claim, long term, int leaseMillis, List<String> backups) {
  /** What a lost node had entered goes by itself after so long. */
  static final int LEASE_MILLIS = 600_000;

  static final long RENEW_MILLIS = 180_000;

  /** The store's name. */
  static final String STORE = "room.home";

  private static final RecordCodec<HomeEntry> CODEC = RecordCodec.of(HomeEntry.class);
  private static final byte[] GRANTED = {1};
  private static final byte[] REFUSED = {0};

  byte[] encode() {
    return CODEC.encode(this);
  }

  static HomeEntry decode(byte[] bytes) {
    return CODEC.decode(bytes);
  }

  /** Enters what is not older than what is there. */
  static Store.Outcome enter(byte @Nullable [] current, byte[] operation, long nowMillis) {
    HomeEntry next = decode(operation);
    if (current != null) {
      HomeEntry now = decode(current);
      boolean mine = next.home.isEmpty() || (now.home.equals(next.home) && now.claim == next.claim);
      if (now.term > next.term || (now.term == next.term && !mine)) {
        return new Store.Outcome(current, 0, StoreAnswer.ok(REFUSED));
      }
    }
    return new Store.Outcome(
        next.home.isEmpty() ? null : operation, next.leaseMillis, StoreAnswer.ok(GRANTED));
  }

  /** Whether {@link #enter} has entered it. */
  static boolean granted(byte[] answer) {
    return StoreAnswer.payload(answer)[0] == GRANTED[0];
  }
}
