package dev.skein.client;

/** The server answered BAD or ERR (PROTOCOL §10). */
public final class CommandFailed extends ClientException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it was. */
  public enum Status {
    /** The client's. */
    BAD,
    /** The server's. */
    ERR
  }

  private final Status status;
  private final int code;
  private final String text;

  public CommandFailed(Status status, int code, String text) {
    super(status + " " + code + ": " + text);
    this.status = status;
    this.code = code;
    this.text = text;
  }

  public Status status() {
    return status;
  }

  /** One of {@link dev.skein.protocol.Code} or the game's own. */
  public int code() {
    return code;
  }

  /** For people. */
  public String text() {
    return text;
  }
}
