package dev.skein.simulation;

import dev.skein.server.Status;
import java.nio.charset.StandardCharsets;

/**
 * How a client's command ended.
 *
 * @param code 0 if it went well
 * @param text empty if it went well
 * @param payload empty if it did not
 */
@SuppressWarnings("ArrayRecordComponent")
public record SimAnswer(Status status, int code, String text, byte[] payload) {

  public boolean isOk() {
    return status == Status.OK;
  }

  /**
   * The payload.
   *
   * @throws AssertionError if the command did not go well
   */
  public byte[] orFail() {
    if (!isOk()) {
      throw new AssertionError(this);
    }
    return payload;
  }

  @Override
  public String toString() {
    return isOk()
        ? "OK '" + new String(payload, StandardCharsets.UTF_8) + "'"
        : status + " " + code + " " + text;
  }
}
