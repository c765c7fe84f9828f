package dev.skein.server;

/** Answers one command, once; later calls do nothing. Any thread. */
public interface Responder {

  /** Status OK with this payload. */
  void ok(byte[] payload);

  /** Status OK, nothing else. */
  default void ok() {
    ok(new byte[0]);
  }

  /** The client's fault. */
  void bad(int code, String text);

  /** The server's fault. */
  void err(int code, String text);
}
