package dev.skein.mesh.clustered;

import java.util.Arrays;

/**
 * Several frames in one message: for each its kind (u8), its length (u32, big-endian) and its
 * bytes. One thread.
 */
final class Batch {
  /** Batches end before this, unless a single frame is larger: one fragment of JGroups. */
  static final int TARGET_BYTES = 56 * 1024;

  private static final int HEAD_BYTES = 5;

  private byte[] array = new byte[4 * 1024];
  private int length;

  /** What a frame is for. */
  enum Kind {
    MESH,
    STORE,
    SIGNAL;

    private static final Kind[] ALL = values();
  }

  /** Gets what {@link #read} finds. */
  interface Reader {
    void onFrame(Kind kind, byte[] frame);
  }

  static int sizeOf(byte[] frame) {
    return HEAD_BYTES + frame.length;
  }

  void add(Kind kind, byte[] frame) {
    int end = length + sizeOf(frame);
    if (end > array.length) {
      array = Arrays.copyOf(array, Math.max(end, Math.min(2 * array.length, TARGET_BYTES)));
    }
    array[length] = (byte) kind.ordinal();
    array[length + 1] = (byte) (frame.length >>> 24);
    array[length + 2] = (byte) (frame.length >>> 16);
    array[length + 3] = (byte) (frame.length >>> 8);
    array[length + 4] = (byte) frame.length;
    System.arraycopy(frame, 0, array, length + HEAD_BYTES, frame.length);
    length = end;
  }

  /** The array belongs to the caller now; the batch is empty. */
  byte[] takeArray() {
    byte[] taken = array;
    array = new byte[Math.min(Math.max(4 * 1024, 2 * length), TARGET_BYTES)];
    length = 0;
    return taken;
  }

  int length() {
    return length;
  }

  /**
   * Hands over each frame.
   *
   * @return false if the bytes are no batch; what came before the error was handed over
   */
  static boolean read(byte[] array, int offset, int length, Reader reader) {
    int end = offset + length;
    int at = offset;
    while (end - at >= HEAD_BYTES) {
      int kind = array[at] & 0xff;
      int size =
          (array[at + 1] & 0xff) << 24
              | (array[at + 2] & 0xff) << 16
              | (array[at + 3] & 0xff) << 8
              | (array[at + 4] & 0xff);
      at += HEAD_BYTES;
      if (kind >= Kind.ALL.length || size < 0 || size > end - at) {
        return false;
      }
      reader.onFrame(Kind.ALL[kind], Arrays.copyOfRange(array, at, at + size));
      at += size;
    }
    return at == end;
  }
}
