package dev.skein.server;

/**
 * Thrown by a command handler, or completing its stage exceptionally, to answer BAD or ERR with a
 * code and a text the client sees. Any other exception answers ERR with {@code Code.INTERNAL} and
 * is logged.
 */
public final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Status status;
  private final int code;

  private CommandException(Status status, int code, String text) {
    super(text, null, false, false);
    this.status = status;
    this.code = code;
  }

  /** The client's fault. */
  public static CommandException bad(int code, String text) {
    return new CommandException(Status.BAD, code, text);
  }

  /** The server's fault. */
  public static CommandException err(int code, String text) {
    return new CommandException(Status.ERR, code, text);
  }

  public Status status() {
    return status;
  }

  public int code() {
    return code;
  }
}
