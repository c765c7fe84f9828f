package dev.skein.client;

/**
 * No answer came within the call's timeout; the server may have handled the command all the same.
 */
public final class CallTimedOut extends ClientException {
  private static final long serialVersionUID = 1L;

  CallTimedOut(int ver, int cmd, long timeoutMillis) {
    super("no answer to command " + ver + "/" + cmd + " within " + timeoutMillis + " ms");
  }
}
