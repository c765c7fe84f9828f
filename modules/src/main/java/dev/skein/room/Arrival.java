package dev.skein.room;

import dev.skein.server.User;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A seat that a moved user has brought along, before its room knows where the user is now: keeps
 * commands until then. Confined to the user's shard.
 */
final class Arrival implements Venue {
  private static final int COMMANDS_MAX_COUNT = 1_024;

  private final long ref;
  private final Luggage.Item item;
  private final User user;
  private final Queue<Runnable> commands = new ArrayDeque<>();
  private boolean abandoned;

  Arrival(long ref, Luggage.Item item, User user) {
    this.ref = ref;
    this.item = item;
    this.user = user;
  }

  /** Which arrival of this node it is. */
  long ref() {
    return ref;
  }

  Luggage.Item item() {
    return item;
  }

  User user() {
    return user;
  }

  /** The user has moved on before it had settled here. */
  void abandon() {
    abandoned = true;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** Has the command wait; false if too many do. */
  boolean keep(Runnable command) {
    return commands.size() < COMMANDS_MAX_COUNT && commands.add(command);
  }

  /** Runs what has waited, when the seat is another or none. */
  void runKept() {
    for (Runnable next = commands.poll(); next != null; next = commands.poll()) {
      next.run();
    }
  }

  @Override
  public String id() {
    return item.roomId();
  }

  @Override
  public int number() {
    return item.number();
  }
}
