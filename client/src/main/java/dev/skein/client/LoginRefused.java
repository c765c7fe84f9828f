package dev.skein.client;

/** The entry call was answered, but not with an endpoint (PROTOCOL §2). */
public final class LoginRefused extends ClientException {
  private static final long serialVersionUID = 1L;

  private final int httpStatus;
  private final int code;

  LoginRefused(int httpStatus, int code, String text) {
    super("login refused with " + httpStatus + ", code " + code + ": " + text);
    this.httpStatus = httpStatus;
    this.code = code;
  }

  /** 400 malformed, 401 refused, 409 connected elsewhere, 429 too many, 503 no node. */
  public int httpStatus() {
    return httpStatus;
  }

  /** One of {@link dev.skein.protocol.Code}; 0 if the answer had none. */
  public int code() {
    return code;
  }
}
