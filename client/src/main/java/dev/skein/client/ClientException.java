package dev.skein.client;

/** Why a call or a connect did not succeed. */
public abstract sealed class ClientException extends RuntimeException
    permits CommandFailed, CallTimedOut, NotConnected, LoginRefused, ConnectFailed {
  private static final long serialVersionUID = 1L;

  ClientException(String message) {
    super(message);
  }

  ClientException(String message, Throwable cause) {
    super(message, cause);
  }
}
