package dev.skein.mesh.clustered;

import java.nio.ByteBuffer;
import java.util.Optional;

/** What engines tell each other, beside what they carry. Layout: kind u8, then a number i64. */
sealed interface Signal {

  /** The sender is about to leave for good. */
  record Goodbye() implements Signal {}

  /** Asks for an {@link Echo} of the same number. */
  record Ping(long number) implements Signal {}

  /** Answers a {@link Ping}. */
  record Echo(long number) implements Signal {}

  byte GOODBYE = 1;
  byte PING = 2;
  byte ECHO = 3;
  int BYTES = 9;

  default byte[] encode() {
    return switch (this) {
      case Goodbye bye -> encode(GOODBYE, 0);
      case Ping ping -> encode(PING, ping.number);
      case Echo echo -> encode(ECHO, echo.number);
    };
  }

  private static byte[] encode(byte kind, long number) {
    return ByteBuffer.allocate(BYTES).put(kind).putLong(number).array();
  }

  /** Empty if the bytes are no signal. */
  static Optional<Signal> decode(byte[] bytes) {
    if (bytes.length != BYTES) {
      return Optional.empty();
    }
    long number = ByteBuffer.wrap(bytes).getLong(1);
    return switch (bytes[0]) {
      case GOODBYE -> number == 0 ? Optional.of(new Goodbye()) : Optional.empty();
      case PING -> Optional.of(new Ping(number));
      case ECHO -> Optional.of(new Echo(number));
      default -> Optional.empty();
    };
  }
}
