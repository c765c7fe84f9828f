package dev.skein.server.http;

/** A call that is answered 400. */
final class BadCallException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BadCallException(String text) {
    super(text, null, false, false);
  }
}
