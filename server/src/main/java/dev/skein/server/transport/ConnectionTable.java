package dev.skein.server.transport;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one shard by their id. An id holds the shard's index (16 bits), a random part
 * (24 bits), so that a late packet of a former connection finds nothing, and the place in this
 * table (24 bits), so that finding is one array access. Confined to its shard.
 */
final class ConnectionTable {
  private static final int PLACE_BITS = 24;
  private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;
  private static final int SHARD_SHIFT = 48;
  private static final int INITIAL_PLACES = 64;

  private final int shard;
  private final RandomGenerator random;
  private @Nullable SessionConnection[] places = new @Nullable SessionConnection[INITIAL_PLACES];
  private int[] free = new int[INITIAL_PLACES];
  private int freeCount;
  private int used;

  ConnectionTable(int shard, RandomGenerator random) {
    this.shard = shard;
    this.random = random;
  }

  /** The shard an id belongs to. */
  static int shardOf(long id) {
    return (int) (id >>> SHARD_SHIFT);
  }

  /** Reserves a place; to be followed by {@link #put} or {@link #release}. */
  long reserve() {
    int place = freeCount > 0 ? free[--freeCount] : used++;
    if (place >= PLACE_MASK) {
      throw new IllegalStateException("the shard has more than " + PLACE_MASK + " connections");
    }
    if (place >= places.length) {
      places = Arrays.copyOf(places, places.length * 2);
    }
    long salt = random.nextInt() & PLACE_MASK;
    return (long) shard << SHARD_SHIFT | salt << PLACE_BITS | place;
  }

  void put(long id, SessionConnection connection) {
    places[(int) id & PLACE_MASK] = connection;
  }

  @Nullable SessionConnection get(long id) {
    int place = (int) id & PLACE_MASK;
    SessionConnection found = place < places.length ? places[place] : null;
    return found != null && found.id() == id ? found : null;
  }

  void release(long id) {
    int place = (int) id & PLACE_MASK;
    places[place] = null;
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, free.length * 2);
    }
    free[freeCount++] = place;
  }

  /** Connections and reserved places. */
  int count() {
    return used - freeCount;
  }

  void forEach(Consumer<SessionConnection> action) {
    for (int i = 0; i < used; i++) {
      SessionConnection connection = places[i];
      if (connection != null) {
        action.accept(connection);
      }
    }
  }
}
