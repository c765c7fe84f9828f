package dev.skein.mesh.clustered;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the nodes' stores say to each other. Layout, big-endian: kind u8, then the components in
 * order; texts and all but the last bytes have their length before them as u16.
 */
sealed interface StoreFrame {

  /** What a key's owner is asked for; {@code call} names it to the asking node. */
  sealed interface Request extends StoreFrame {
    long call();

    String store();

    String key();

    /** To be asked for again: nothing was done, or it is not known. */
    default Answer again() {
      return new Answer(call(), Result.TRY_AGAIN, new byte[0]);
    }
  }

  /**
   * Asks a key's owner to run the operator.
   *
   * @param caller and {@code number}: name the operation, see {@link Envelope}
   */
  record Ask(long call, long caller, long number, String store, String key, byte[] operation)
      implements Request {}

  /** Asks a key's owner for the value. */
  record Read(long call, String store, String key) implements Request {}

  /** The owner's answer; the text of a refusal is in UTF-8. */
  record Answer(long call, Result result, byte[] content) implements StoreFrame {}

  /** Tells those who may have the value at hand that it is another now. */
  record Changed(String store, String key) implements StoreFrame {}

  /** How it went. */
  enum Result {
    DONE,
    /** The operator refused. */
    REFUSED,
    /** Nothing was done, or it is not known; the same operation may be asked for again. */
    TRY_AGAIN,
    /** To a reading: the key has no value. */
    ABSENT,
    /** To a reading: there is a value that no frame has room for. */
    TOO_LARGE;

    private static final Result[] ALL = values();
  }

  /** What an answer takes besides its content. */
  int ANSWER_HEAD_BYTES = 10;

  byte ASK = 1;
  byte ANSWER = 2;
  byte CHANGED = 3;
  byte READ = 4;

  default byte[] encode() {
    return switch (this) {
      case Ask ask -> {
        byte[] store = ask.store.getBytes(StandardCharsets.UTF_8);
        byte[] key = ask.key.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out =
            ByteBuffer.allocate(29 + store.length + key.length + ask.operation.length).put(ASK);
        out.putLong(ask.call).putLong(ask.caller).putLong(ask.number);
        yield put(put(out, store), key).put(ask.operation).array();
      }
      case Answer answer ->
          ByteBuffer.allocate(ANSWER_HEAD_BYTES + answer.content.length)
              .put(ANSWER)
              .putLong(answer.call)
              .put((byte) answer.result.ordinal())
              .put(answer.content)
              .array();
      case Changed changed -> {
        byte[] store = changed.store.getBytes(StandardCharsets.UTF_8);
        byte[] key = changed.key.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(5 + store.length + key.length).put(CHANGED);
        yield put(put(out, store), key).array();
      }
      case Read read -> {
        byte[] store = read.store.getBytes(StandardCharsets.UTF_8);
        byte[] key = read.key.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(13 + store.length + key.length).put(READ);
        yield put(put(out.putLong(read.call), store), key).array();
      }
    };
  }

  private static ByteBuffer put(ByteBuffer out, byte[] text) {
    return out.putShort((short) text.length).put(text);
  }

  /**
   * @throws IllegalArgumentException if the bytes are no frame
   */
  static StoreFrame decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      byte kind = in.get();
      return switch (kind) {
        case ASK -> new Ask(in.getLong(), in.getLong(), in.getLong(), text(in), text(in), rest(in));
        case ANSWER -> new Answer(in.getLong(), result(in.get()), rest(in));
        case CHANGED -> new Changed(text(in), text(in));
        case READ -> new Read(in.getLong(), text(in), text(in));
        default -> throw new IllegalArgumentException("a store frame of kind " + kind);
      };
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a store frame that ends early", e);
    }
  }

  private static Result result(byte ordinal) {
    if (ordinal < 0 || ordinal >= Result.ALL.length) {
      throw new IllegalArgumentException("a store's result " + ordinal);
    }
    return Result.ALL[ordinal];
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[Math.min(in.getShort() & 0xffff, in.remaining() + 1)];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }
}
