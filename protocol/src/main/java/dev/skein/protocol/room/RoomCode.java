package dev.skein.protocol.room;

/** The codes 2xxx of room errors (PROTOCOL §10.2.1). */
public final class RoomCode {
  /** No room has this id, or none of the type has a free place. */
  public static final int NOT_FOUND = 2001;

  /** The user is not in the room. */
  public static final int NOT_A_MEMBER = 2002;

  /** Every place is taken or reserved for somebody else. */
  public static final int FULL = 2003;

  /** The user is in the room. */
  public static final int ALREADY_A_MEMBER = 2004;

  /** The game refused, by a hook; the text is the game's. */
  public static final int DENIED = 2005;

  /** Only the owner may do this. */
  public static final int NOT_THE_OWNER = 2006;

  /** The member meant is not in the room. */
  public static final int NO_SUCH_MEMBER = 2007;

  /** The user is in as many rooms as allowed. */
  public static final int TOO_MANY_ROOMS = 2008;

  /** The node holds as many rooms as allowed, or takes no new ones. */
  public static final int NO_NEW_ROOMS = 2009;

  /** As many places are reserved as allowed, or no free one is left. */
  public static final int TOO_MANY_RESERVATIONS = 2010;

  /** As many properties as allowed. */
  public static final int TOO_MANY_PROPERTIES = 2011;

  /** As many objects as allowed. */
  public static final int TOO_MANY_OBJECTS = 2012;

  /** A key, value, message or text is over the room's limit. */
  public static final int TOO_LARGE = 2013;

  /** The value's type does not allow the operation. */
  public static final int WRONG_TYPE = 2014;

  /** The room was closed. */
  public static final int CLOSED = 2015;

  /** The user's session ended meanwhile. */
  public static final int USER_GONE = 2016;

  /** The node where the room lives does not answer. */
  public static final int UNREACHABLE = 2017;

  /**
   * The room has moved to another node in the meantime; the text is that node's mesh address. Only
   * code on servers that holds on to a room sees it.
   */
  public static final int MOVED = 2018;

  /** More was said while the member was away than the room keeps. */
  public static final int MISSED_TOO_MUCH = 2019;

  private RoomCode() {}
}
