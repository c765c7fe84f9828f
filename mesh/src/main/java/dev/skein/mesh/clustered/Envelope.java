package dev.skein.mesh.clustered;

import dev.skein.mesh.journal.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a store keeps of a key: the value, and of each node that changed it lately the last change
 * and its answer. A node asks for one change of a key at a time, so when it asks again, because the
 * owner died before it answered, the next owner finds the change made and repeats the answer.
 * Immutable.
 *
 * <p>Layout, big-endian: version u8, stamp i64, 1 if there is a value u8, count of changes u8, for
 * each its node u64, its number u64, the length of its answer u32 and the answer; then the value.
 *
 * @param stamp grows with each change, also over restarts; see {@link Entry#stampAfter}
 * @param value null if the key was removed; kept a while for the changes' sake
 * @param changes the newest last
 */
record Envelope(long stamp, byte @Nullable [] value, List<Change> changes) {
  static final int CHANGES_MAX_COUNT = 64;

  /** The answers kept together may have so many bytes; the last one is always kept. */
  static final int ANSWERS_MAX_BYTES = 16 * 1024;

  static final Envelope EMPTY = new Envelope(0, null, List.of());

  private static final byte VERSION = 1;
  private static final int HEAD_BYTES = 11;
  private static final int CHANGE_HEAD_BYTES = 20;

  /**
   * A change that was made.
   *
   * @param caller the start of a node that asked for it
   * @param number grows from change to change
   */
  record Change(long caller, long number, byte[] answer) {}

  /** The last change this caller made, if it is remembered. */
  Optional<Change> lastOf(long caller) {
    return changes.stream().filter(change -> change.caller == caller).findFirst();
  }

  /** With another value and the change that led to it, made now. */
  Envelope with(byte @Nullable [] newValue, Change change, long nowMillis) {
    List<Change> kept = new ArrayList<>(changes);
    kept.removeIf(other -> other.caller == change.caller);
    kept.add(change);
    int bytes = kept.stream().mapToInt(each -> each.answer.length).sum();
    while (kept.size() > CHANGES_MAX_COUNT || (bytes > ANSWERS_MAX_BYTES && kept.size() > 1)) {
      bytes -= kept.removeFirst().answer.length;
    }
    return new Envelope(Entry.stampAfter(stamp, nowMillis), newValue, List.copyOf(kept));
  }

  byte[] encode() {
    int size = HEAD_BYTES + (value == null ? 0 : value.length);
    for (Change change : changes) {
      size += CHANGE_HEAD_BYTES + change.answer.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).putLong(stamp);
    out.put((byte) (value == null ? 0 : 1)).put((byte) changes.size());
    for (Change change : changes) {
      out.putLong(change.caller).putLong(change.number);
      out.putInt(change.answer.length).put(change.answer);
    }
    if (value != null) {
      out.put(value);
    }
    return out.array();
  }

  /**
   * @throws IllegalArgumentException if the bytes are none
   */
  static Envelope decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      checkVersion(in.get());
      long stamp = in.getLong();
      boolean present = in.get() == 1;
      int count = in.get() & 0xff;
      List<Change> changes = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        long caller = in.getLong();
        long number = in.getLong();
        changes.add(new Change(caller, number, take(in, in.getInt())));
      }
      byte[] value = take(in, in.remaining());
      return new Envelope(stamp, present ? value : null, List.copyOf(changes));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a stored value that ends early", e);
    }
  }

  /**
   * Only the value.
   *
   * @throws IllegalArgumentException if the bytes are none
   */
  static byte @Nullable [] valueIn(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      checkVersion(in.get());
      in.getLong();
      boolean present = in.get() == 1;
      for (int left = in.get() & 0xff; left > 0; left--) {
        in.position(in.position() + CHANGE_HEAD_BYTES - Integer.BYTES);
        int answerBytes = in.getInt();
        in.position(in.position() + answerBytes);
      }
      return present ? take(in, in.remaining()) : null;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a stored value that ends early", e);
    }
  }

  private static void checkVersion(byte version) {
    if (version != VERSION) {
      throw new IllegalArgumentException("a stored value of version " + version);
    }
  }

  private static byte[] take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a stored value with a length of " + length);
    }
    byte[] taken = new byte[length];
    in.get(taken);
    return taken;
  }
}
