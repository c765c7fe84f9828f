package dev.skein.server;

import dev.skein.protocol.Code;

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

  /**
   * Answers as the exception says that a stage failed with: a {@link CommandException} with its
   * status, code and text, anything else with ERR and {@code Code.INTERNAL}.
   */
  default void fail(Throwable failure) {
    if (StoreAnswer.cause(failure) instanceof CommandException refused) {
      String text = String.valueOf(refused.getMessage());
      switch (refused.status()) {
        case BAD -> bad(refused.code(), text);
        case ERR, OK -> err(refused.code(), text);
      }
    } else {
      err(Code.INTERNAL, "the server failed");
    }
  }
}
