package dev.skein.mesh.clustered;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Frames one after the other: for each its kind (u8), its length (u32, big-endian) and its bytes.
 * One thread at a time.
 */
final class Batch {
  static final int HEAD_BYTES = 5;

  private static final int SMALL_BYTES = 4 * 1024;
  private static final int KEPT_MAX_BYTES = 64 * 1024;

  private byte[] array = new byte[SMALL_BYTES];
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
      array = Arrays.copyOf(array, Math.max(end, 2 * array.length));
    }
    array[length] = (byte) kind.ordinal();
    array[length + 1] = (byte) (frame.length >>> 24);
    array[length + 2] = (byte) (frame.length >>> 16);
    array[length + 3] = (byte) (frame.length >>> 8);
    array[length + 4] = (byte) frame.length;
    System.arraycopy(frame, 0, array, length + HEAD_BYTES, frame.length);
    length = end;
  }

  int length() {
    return length;
  }

  /**
   * Gives what is in it and is empty then.
   *
   * @param spent what was taken before and is not needed any more
   */
  ByteBuffer take(ByteBuffer spent) {
    ByteBuffer taken = ByteBuffer.wrap(array, 0, length);
    boolean fits = spent.capacity() >= SMALL_BYTES && spent.capacity() <= KEPT_MAX_BYTES;
    array = fits ? spent.array() : new byte[SMALL_BYTES];
    length = 0;
    return taken;
  }

  /**
   * The size of the frame that begins there, its head included; 0 if that is not known yet.
   *
   * @return a negative number if the bytes are no frame's
   */
  static int sizeAt(byte[] array, int at, int end) {
    if (end - at < HEAD_BYTES) {
      return 0;
    }
    int size =
        (array[at + 1] & 0xff) << 24
            | (array[at + 2] & 0xff) << 16
            | (array[at + 3] & 0xff) << 8
            | (array[at + 4] & 0xff);
    return size < 0 || size > Integer.MAX_VALUE - HEAD_BYTES ? -1 : HEAD_BYTES + size;
  }

  /**
   * Hands over each frame that is whole, and leaves out those of unknown kinds.
   *
   * @param onUnknown called for each that is left out
   * @return how many bytes were read
   */
  static int read(byte[] array, int length, Reader reader, Runnable onUnknown) {
    int at = 0;
    int size;
    while ((size = sizeAt(array, at, length)) > 0 && size <= length - at) {
      int kind = array[at] & 0xff;
      if (kind < Kind.ALL.length) {
        reader.onFrame(Kind.ALL[kind], Arrays.copyOfRange(array, at + HEAD_BYTES, at + size));
      } else {
        onUnknown.run();
      }
      at += size;
    }
    return at;
  }
}
