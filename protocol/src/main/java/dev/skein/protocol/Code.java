package dev.skein.protocol;

/** The numeric codes of PROTOCOL §10.3 that errors and closes carry. */
public final class Code {
  public static final int NONE = 1000;
  public static final int INTERNAL = 1001;
  public static final int MALFORMED = 1002;
  public static final int TOO_LARGE = 1003;
  public static final int UNKNOWN_COMMAND = 1004;
  public static final int TOO_MANY = 1005;
  public static final int TIMEOUT = 1006;
  public static final int SLOW_CONSUMER = 1007;
  public static final int REPLACED = 1008;
  public static final int SHUTDOWN = 1009;
  public static final int FULL = 1010;
  public static final int UNAUTHORIZED = 1011;
  public static final int IDLE = 1012;
  public static final int EXHAUSTED = 1013;
  public static final int KICKED = 1014;
  public static final int UNSUPPORTED_VERSION = 1015;
  public static final int WRONG_STATE = 1016;
  public static final int DRAINING = 1017;

  private Code() {}
}
