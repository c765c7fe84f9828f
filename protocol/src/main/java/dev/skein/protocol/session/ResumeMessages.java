package dev.skein.protocol.session;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Hkdf;
import dev.skein.protocol.crypto.KeySchedule;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.packet.BigEndian;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/** STREAM_RESUME, STREAM_RESUMED and the keys that follow from them (PROTOCOL §5, §9). */
public final class ResumeMessages {
  private static final byte STREAM_RESUME = 0x13;
  private static final byte STREAM_RESUMED = 0x14;
  private static final int VERSION = 1;
  private static final int MAC_BYTES = Hkdf.HASH_BYTES;

  /** Bytes of {@code clientRandom} and of {@code serverRandom}. */
  static final int RANDOM_BYTES = 16;

  private static final int VERSION_AT = 1;
  private static final int CONNECTION_ID_AT = VERSION_AT + Integer.BYTES;
  private static final int REQUEST_RANDOM_AT = CONNECTION_ID_AT + Long.BYTES;
  private static final int REQUEST_RECEIVED_AT = REQUEST_RANDOM_AT + RANDOM_BYTES;
  private static final int REQUEST_MAC_AT = REQUEST_RECEIVED_AT + Long.BYTES;

  /** Bytes of a STREAM_RESUME. */
  static final int REQUEST_BYTES = REQUEST_MAC_AT + MAC_BYTES;

  private static final int ANSWER_SERVER_RANDOM_AT = 1 + RANDOM_BYTES;
  private static final int ANSWER_RECEIVED_AT = ANSWER_SERVER_RANDOM_AT + RANDOM_BYTES;
  private static final int ANSWER_MAC_AT = ANSWER_RECEIVED_AT + Long.BYTES;

  /** Bytes of a STREAM_RESUMED. */
  static final int ANSWER_BYTES = ANSWER_MAC_AT + MAC_BYTES;

  private ResumeMessages() {}

  /** True if this first record of a stream asks to resume a session. */
  public static boolean isRequest(byte[] record, int offset, int length) {
    return length == REQUEST_BYTES && record[offset] == STREAM_RESUME;
  }

  /** STREAM_RESUME: which session it is about. */
  public static long connectionId(byte[] record, int offset) {
    return BigEndian.getLong(record, offset + CONNECTION_ID_AT);
  }

  /** Writes a STREAM_RESUME. */
  static byte[] request(
      byte[] resumeSecret, long connectionId, byte[] clientRandom, long received) {
    byte[] request = new byte[REQUEST_BYTES];
    request[0] = STREAM_RESUME;
    BigEndian.putInt(request, VERSION_AT, VERSION);
    BigEndian.putLong(request, CONNECTION_ID_AT, connectionId);
    System.arraycopy(clientRandom, 0, request, REQUEST_RANDOM_AT, RANDOM_BYTES);
    BigEndian.putLong(request, REQUEST_RECEIVED_AT, received);
    byte[] mac = Hkdf.hmac(resumeSecret, request, 0, REQUEST_MAC_AT);
    System.arraycopy(mac, 0, request, REQUEST_MAC_AT, mac.length);
    return request;
  }

  /** True if this is a STREAM_RESUME for this connection, made with this resumption secret. */
  static boolean isRequestBy(
      byte[] resumeSecret, long connectionId, byte[] record, int offset, int length) {
    return isRequest(record, offset, length)
        && BigEndian.getInt(record, offset + VERSION_AT) == VERSION
        && connectionId(record, offset) == connectionId
        && MessageDigest.isEqual(
            Hkdf.hmac(resumeSecret, record, offset, REQUEST_MAC_AT),
            Arrays.copyOfRange(record, offset + REQUEST_MAC_AT, offset + REQUEST_BYTES));
  }

  /** STREAM_RESUME: how many reliable messages the client has received. */
  static long requestReceived(byte[] request) {
    return BigEndian.getLong(request, REQUEST_RECEIVED_AT);
  }

  /** Writes the STREAM_RESUMED that answers a request. */
  static byte[] answer(byte[] resumeSecret, byte[] request, byte[] serverRandom, long received) {
    byte[] answer = new byte[ANSWER_BYTES];
    answer[0] = STREAM_RESUMED;
    System.arraycopy(request, REQUEST_RANDOM_AT, answer, 1, RANDOM_BYTES);
    System.arraycopy(serverRandom, 0, answer, ANSWER_SERVER_RANDOM_AT, RANDOM_BYTES);
    BigEndian.putLong(answer, ANSWER_RECEIVED_AT, received);
    byte[] hash = hash(request, answer);
    System.arraycopy(
        Hkdf.hmac(resumeSecret, hash, 0, hash.length), 0, answer, ANSWER_MAC_AT, hash.length);
    return answer;
  }

  /** Copies a STREAM_RESUMED that answers this request; empty if it is none or not authentic. */
  static Optional<byte[]> readAnswer(
      byte[] resumeSecret, byte[] request, byte[] record, int offset, int length) {
    if (length != ANSWER_BYTES || record[offset] != STREAM_RESUMED) {
      return Optional.empty();
    }
    byte[] answer = Arrays.copyOfRange(record, offset, offset + length);
    byte[] hash = hash(request, answer);
    boolean authentic =
        MessageDigest.isEqual(
            Hkdf.hmac(resumeSecret, hash, 0, hash.length),
            Arrays.copyOfRange(answer, ANSWER_MAC_AT, ANSWER_BYTES));
    return authentic ? Optional.of(answer) : Optional.empty();
  }

  /** STREAM_RESUMED: how many reliable messages the server has received. */
  static long answerReceived(byte[] answer) {
    return BigEndian.getLong(answer, ANSWER_RECEIVED_AT);
  }

  /** The secrets of the stream the two messages open. */
  static SessionSecrets secrets(
      CipherSuite suite, byte[] resumeSecret, byte[] request, byte[] answer) {
    byte[] salt =
        Hkdf.concat(
            Arrays.copyOfRange(request, REQUEST_RANDOM_AT, REQUEST_RECEIVED_AT),
            Arrays.copyOfRange(answer, ANSWER_SERVER_RANDOM_AT, ANSWER_RECEIVED_AT));
    return KeySchedule.secrets(suite, salt, resumeSecret, hash(request, answer));
  }

  private static byte[] hash(byte[] request, byte[] answer) {
    return Hkdf.sha256(request, Arrays.copyOf(answer, ANSWER_MAC_AT));
  }
}
