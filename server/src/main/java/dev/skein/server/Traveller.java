package dev.skein.server;

/**
 * What a module keeps with a user, and sends along when the user moves to another node. Both calls
 * run on the user's shard; between them the user belongs to no node and the module's hooks do not
 * run for it.
 */
public interface Traveller {

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
