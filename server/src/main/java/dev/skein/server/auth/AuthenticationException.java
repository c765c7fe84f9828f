package dev.skein.server.auth;

/** A login that is refused. The message is told to the caller, so it holds no secret. */
public final class AuthenticationException extends Exception {
  private static final long serialVersionUID = 1L;

  public AuthenticationException(String text) {
    super(text, null, false, false);
  }
}
