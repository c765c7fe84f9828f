package dev.skein.dive;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a key holds, and the bytes the store keeps for it. Immutable. */
sealed interface Entry {
  /** The time of an entry that never goes. */
  long NEVER_MILLIS = 0;

  int ONE = 1;
  int MANY = 2;

  /** When it goes, in Unix time; {@link #NEVER_MILLIS} if never. */
  long expiresAtMillis();

  /** Appends the content. */
  void write(PayloadWriter out);

  /** A single value. */
  record One(Value value, long expiresAtMillis) implements Entry {
    @Override
    public void write(PayloadWriter out) {
      out.u8(ONE).i64(expiresAtMillis).value(value);
    }
  }

  /** A list, never empty. */
  record Many(List<Value> values, long expiresAtMillis) implements Entry {
    @Override
    public void write(PayloadWriter out) {
      out.u8(MANY).i64(expiresAtMillis);
      values.forEach(out::value);
    }
  }

  /** The bytes to keep. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return out.toBytes();
  }

  /** How long from now until it goes; 0 if never. */
  default long remainingMillis(long nowMillis) {
    return expiresAtMillis() == NEVER_MILLIS ? 0 : Math.max(1, expiresAtMillis() - nowMillis);
  }

  /** When something goes that is given so long from now; 0: never. */
  static long expiryMillis(long ttlMillis, long nowMillis) {
    return ttlMillis == 0 ? NEVER_MILLIS : nowMillis + ttlMillis;
  }

  /**
   * The entry that was kept; empty if there is none or its time is over.
   *
   * @throws IllegalArgumentException if the bytes are no entry: another module wrote them
   */
  static Optional<Entry> decode(byte @Nullable [] kept, long nowMillis) {
    if (kept == null) {
      return Optional.empty();
    }
    PayloadReader in = new PayloadReader(kept);
    int kind = in.u8();
    long expiresAtMillis = in.i64();
    Entry entry =
        kind == ONE
            ? new One(in.value(Integer.MAX_VALUE), expiresAtMillis)
            : new Many(readAll(in), expiresAtMillis);
    if (!in.finished() || kind != ONE && kind != MANY) {
      throw new IllegalArgumentException("not an entry of Dive");
    }
    boolean over = expiresAtMillis != NEVER_MILLIS && expiresAtMillis <= nowMillis;
    return over ? Optional.empty() : Optional.of(entry);
  }

  private static List<Value> readAll(PayloadReader in) {
    List<Value> values = new ArrayList<>();
    while (in.remaining() > 0) {
      values.add(in.value(Integer.MAX_VALUE));
    }
    return values;
  }
}
