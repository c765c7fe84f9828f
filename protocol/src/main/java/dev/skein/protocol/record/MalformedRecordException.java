package dev.skein.protocol.record;

/**
 * Bytes that are not a record of the wanted type: truncated, of another type, out of range, too
 * deep, or refused by the record's own constructor (then that exception is the cause).
 */
public final class MalformedRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedRecordException(String message) {
    super(message);
  }

  MalformedRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
