package dev.skein.room;

import dev.skein.server.User;

/**
 * A user in a room, from join to leave; it stays one while the user's session may still resume. Any
 * thread may call.
 */
public final class Member {
  private final int number;
  private final String uid;
  private final User user;
  private final long joinedAtMillis;
  private volatile boolean present = true;

  Member(int number, User user, long joinedAtMillis) {
    this.number = number;
    this.uid = user.uid();
    this.user = user;
    this.joinedAtMillis = joinedAtMillis;
  }

  /** The member's number in this room, from 1; on the wire it stands for the uid. */
  public int number() {
    return number;
  }

  public String uid() {
    return uid;
  }

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

  void gone() {
    present = false;
  }

  @Override
  public String toString() {
    return uid + "#" + number;
  }
}
