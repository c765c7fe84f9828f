package dev.skein.cli.bot;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a bot says: a header that tells who said it when, and filler up to the wanted size.
 *
 * @param run the run it belongs to, so that bots of two runs never count each other's
 * @param speaker the number of the bot in its run
 * @param sequence counts from 0 per speaker
 * @param scheduledNanos when it was due, on the monotonic clock of the process of the bots
 */
public record Utterance(int run, int speaker, int sequence, long scheduledNanos) {

  /** The smallest payload that has room for the header. */
  public static final int HEADER_BYTES = 24;

  private static final int FILLER_SEED = 0x5eed;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The payload of this utterance; {@code sizeBytes} at least {@link #HEADER_BYTES}. */
  public byte[] encode(int sizeBytes) {
    if (sizeBytes < HEADER_BYTES) {
      throw new IllegalArgumentException(
          "sizeBytes " + sizeBytes + " is below the header's " + HEADER_BYTES);
    }
    byte[] payload = new byte[sizeBytes];
    INT.set(payload, 0, run);
    INT.set(payload, 4, speaker);
    INT.set(payload, 8, sequence);
    LONG.set(payload, 12, scheduledNanos);
    INT.set(payload, 20, seal(sizeBytes));
    Arrays.fill(payload, HEADER_BYTES, sizeBytes, (byte) sequence);
    return payload;
  }

  /** The utterance in these bytes; empty if they are not one, or were changed on the way. */
  public static Optional<Utterance> decode(byte[] buffer, int offset, int length) {
    if (length < HEADER_BYTES) {
      return Optional.empty();
    }
    Utterance heard =
        new Utterance(
            (int) INT.get(buffer, offset),
            (int) INT.get(buffer, offset + 4),
            (int) INT.get(buffer, offset + 8),
            (long) LONG.get(buffer, offset + 12));
    boolean whole = (int) INT.get(buffer, offset + 20) == heard.seal(length);
    return whole ? Optional.of(heard) : Optional.empty();
  }

  /** Ties the header's fields and the size together. */
  private int seal(int sizeBytes) {
    int mixed = FILLER_SEED;
    mixed = 31 * mixed + run;
    mixed = 31 * mixed + speaker;
    mixed = 31 * mixed + sequence;
    mixed = 31 * mixed + Long.hashCode(scheduledNanos);
    return 31 * mixed + sizeBytes;
  }
}
