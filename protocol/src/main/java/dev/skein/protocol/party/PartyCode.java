package dev.skein.protocol.party;

/** The codes 6xxx of the Session module's errors (PROTOCOL §10.2.3). */
public final class PartyCode {
  /** No session has this id. */
  public static final int NOT_FOUND = 6001;

  /** The user is in no session of this type, or not in this one. */
  public static final int NOT_A_MEMBER = 6002;

  /** Every place is taken. */
  public static final int FULL = 6003;

  /** The user is in a session of this type, or on its way into one. */
  public static final int ALREADY_A_MEMBER = 6004;

  /** The game refused, by a hook; the text is the game's. */
  public static final int DENIED = 6005;

  /** Only the owner may do this. */
  public static final int NOT_THE_OWNER = 6006;

  /** The member meant is not in the session. */
  public static final int NO_SUCH_MEMBER = 6007;

  /** Only who is invited may come in. */
  public static final int NOT_INVITED = 6008;

  /** The node takes no new sessions. */
  public static final int NO_NEW_SESSIONS = 6009;

  /** As many invitations are open as allowed. */
  public static final int TOO_MANY_INVITATIONS = 6010;

  /** As many properties as allowed. */
  public static final int TOO_MANY_PROPERTIES = 6011;

  /** A key, value, message or data is over the session's limit. */
  public static final int TOO_LARGE = 6012;

  /** The value's type does not allow the operation. */
  public static final int WRONG_TYPE = 6013;

  /** The user's session with the server ended meanwhile. */
  public static final int USER_GONE = 6014;

  /** The cluster did not answer in time; the operation may or may not have happened. */
  public static final int UNAVAILABLE = 6015;

  private PartyCode() {}
}
