package dev.skein.protocol.group;

/** The codes 3xxx of group errors (PROTOCOL §10.2.2). */
public final class GroupCode {
  /** No group has this id, or none of the type is there. */
  public static final int NOT_FOUND = 3001;

  /** The user is not in the group. */
  public static final int NOT_A_MEMBER = 3002;

  /** The user is in the group. */
  public static final int ALREADY_A_MEMBER = 3003;

  /** The game refused, by a hook; the text is the game's. */
  public static final int DENIED = 3004;

  /** The user is in as many groups as allowed. */
  public static final int TOO_MANY_GROUPS = 3005;

  /** The node holds as many groups as allowed, or takes no new ones. */
  public static final int NO_NEW_GROUPS = 3006;

  /** A message or data is over the group's limit. */
  public static final int TOO_LARGE = 3007;

  /** The group was closed. */
  public static final int CLOSED = 3008;

  /** The user's session ended meanwhile. */
  public static final int USER_GONE = 3009;

  /** Not every node with members confirmed the message: some members may not have it. */
  public static final int INCOMPLETE = 3010;

  /** Nobody confirmed the message in time: it may have reached some members or none. */
  public static final int NOT_CONFIRMED = 3011;

  /** The group's home does not answer, or too much waits for it; nothing was sent. */
  public static final int UNREACHABLE = 3012;

  private GroupCode() {}
}
