package dev.skein.server;

/** How a command ended (PROTOCOL §10). */
public enum Status {
  OK(1),
  /** The client's fault. */
  BAD(4),
  /** The server's fault. */
  ERR(5);

  private final int code;

  Status(int code) {
    this.code = code;
  }

  /** The byte on the wire. */
  public int code() {
    return code;
  }
}
