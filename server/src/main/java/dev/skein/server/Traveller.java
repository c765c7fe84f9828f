package dev.skein.server;

/**
 * What a module keeps with a user, and sends along when the user moves to another node. All calls
 * run on the user's shard; from {@link #pack} to {@link #unpack} the user belongs to no node and
 * the module's hooks do not run for it.
 */
public interface Traveller {

  /**
   * Whether the user can be packed now: false while something is under way that must end where it
   * began, such as a join that has not been answered. The move waits for it as for a command that
   * is being handled, up to two seconds, and the user's next commands wait for the move.
   */
  default boolean isReady(User user) {
    return true;
  }

  /**
   * The user leaves this node: takes what the module keeps with it out of the module. No discard
   * follows.
   *
   * @return empty if there is nothing to take along
   */
  byte[] pack(User user);

  /**
   * The user has come (or has come back, if the move failed): before its first command here. No
   * onUserNew follows.
   */
  void unpack(User user, byte[] packed);
}
