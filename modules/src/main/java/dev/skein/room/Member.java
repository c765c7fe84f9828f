package dev.skein.room;

import dev.skein.server.User;

/**
 * A user in a room, from join to leave; it stays one while the user's session may still resume, and
 * when the user moves to another node. Any thread may call.
 */
public final class Member {
  private final int number;
  private final String uid;
  private final long joinedAtMillis;
  private volatile User user;
  private volatile Ear ear;
  private volatile int moves;
  private volatile boolean present = true;

  Member(int number, User user, long joinedAtMillis) {
    this(number, user, new Ear(user), joinedAtMillis);
  }

  Member(int number, User user, Ear ear, long joinedAtMillis) {
    this.number = number;
    this.uid = user.uid();
    this.user = user;
    this.ear = ear;
    this.joinedAtMillis = joinedAtMillis;
  }

  /** The member's number in this room, from 1; on the wire it stands for the uid. */
  public int number() {
    return number;
  }

  public String uid() {
    return uid;
  }

  /**
   * The user. One who is connected to another node is reached all the same, but its data and round
   * trip time are not known here.
   */
  public User user() {
    return user;
  }

  /** Unix time by the node's clock. */
  public long joinedAtMillis() {
    return joinedAtMillis;
  }

  /** False once the member is out of the room. */
  public boolean isPresent() {
    return present;
  }

  Ear ear() {
    return ear;
  }

  /** Whether its user is connected to that node, which is not the room's. */
  boolean isOn(String node) {
    return user instanceof RemoteUser remote && remote.node().equals(node);
  }

  /** How often it has changed nodes. */
  int moves() {
    return moves;
  }

  void moved(int times) {
    moves = times;
  }

  /** On the room's shard. */
  void moveTo(User next, Ear nextEar) {
    user = next;
    ear = nextEar;
  }

  void gone() {
    present = false;
  }

  @Override
  public String toString() {
    return uid + "#" + number;
  }
}
