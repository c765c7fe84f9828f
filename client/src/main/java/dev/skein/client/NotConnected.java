package dev.skein.client;

import dev.skein.protocol.Code;

/** There is no session to send on, it ended before the answer came, or it takes no more. */
public final class NotConnected extends ClientException {
  private static final long serialVersionUID = 1L;

  private final int code;

  public NotConnected(String message) {
    this(Code.NONE, message);
  }

  NotConnected(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The close code of the session, {@link Code#NONE} if there was none. */
  public int code() {
    return code;
  }
}
