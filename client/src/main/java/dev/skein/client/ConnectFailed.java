package dev.skein.client;

import dev.skein.protocol.Code;

/** The entry, the socket or the handshake failed. */
public final class ConnectFailed extends ClientException {
  private static final long serialVersionUID = 1L;

  private final int code;

  ConnectFailed(int code, String message) {
    super(message);
    this.code = code;
  }

  ConnectFailed(String message, Throwable cause) {
    super(message, cause);
    this.code = Code.NONE;
  }

  /** The code of the server's refusal, {@link Code#TIMEOUT}, or {@link Code#NONE}. */
  public int code() {
    return code;
  }
}
