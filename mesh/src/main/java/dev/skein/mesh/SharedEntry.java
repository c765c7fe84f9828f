package dev.skein.mesh;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;

/**
 * The last that is known of a shared key.
 *
 * @param stamp the writer's logical clock (Lamport)
 * @param writer the node that wrote; decides between equal stamps
 * @param removed true if the key was removed; the value is 0 then
 */
record SharedEntry(String key, long stamp, long writer, boolean removed, short value) {
  /** No clock that ticks with every write comes near it; what is beyond is malformed. */
  static final long STAMP_MAX = 1L << 60;

  boolean isNewerThan(SharedEntry other) {
    return stamp != other.stamp ? stamp > other.stamp : writer > other.writer;
  }

  void write(PayloadWriter out) {
    out.string(key).varint(stamp).i64(writer).bool(removed).u16(value);
  }

  static SharedEntry read(PayloadReader in) {
    String key = in.string(SharedData.KEY_MAX_BYTES);
    long stamp = in.varint();
    if (stamp > STAMP_MAX || key.isEmpty()) {
      in.reject();
    }
    return new SharedEntry(key, stamp, in.i64(), in.bool(), (short) in.u16());
  }
}
