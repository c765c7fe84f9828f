package dev.skein.protocol.dm;

/** The codes 5xxx of errors of direct messages (PROTOCOL §10.2.8). */
public final class DmCode {
  /** Nobody with this uid is connected. */
  public static final int OFFLINE = 5001;

  /** The game refused, by a hook; the text is the game's. */
  public static final int DENIED = 5002;

  /** The data is over the limit. */
  public static final int TOO_LARGE = 5003;

  /** The receiver's node did not answer in time: the message may have arrived or not. */
  public static final int NOT_CONFIRMED = 5004;

  /** As many messages of this user wait for their delivery as may. */
  public static final int TOO_MANY_WAITING = 5005;

  /** The cluster could not be asked where the receiver is; nothing was sent. */
  public static final int UNREACHABLE = 5006;

  private DmCode() {}
}
