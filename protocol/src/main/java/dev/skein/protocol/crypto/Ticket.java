package dev.skein.protocol.crypto;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a connect ticket says once it is opened (PROTOCOL §3). The arrays are shared, not copied;
 * whoever holds one must not change it.
 *
 * @param id 16 random bytes; accepted once
 * @param serverId the listener it is for
 * @param issuedAtMillis Unix time
 * @param expiresAtMillis Unix time; refused after
 * @param sid the session id, 16 bytes
 * @param key the ticket key, 32 bytes
 * @param uid who connects, 1 to {@value #UID_MAX_BYTES} bytes of UTF-8
 * @param purpose what its bearer may do
 */
@SuppressWarnings("ArrayRecordComponent")
public record Ticket(
    byte[] id,
    long serverId,
    long issuedAtMillis,
    long expiresAtMillis,
    byte[] sid,
    byte[] key,
    String uid,
    Purpose purpose) {

  /** What a ticket is good for. */
  public enum Purpose {
    /** A session that begins. */
    LOGIN,
    /** A session that goes on at another node, and only if that node expects it. */
    MOVE
  }

  /** Bytes of a ticket id. */
  public static final int ID_BYTES = 16;

  /** Bytes of a session id. */
  public static final int SID_BYTES = 16;

  /** Bytes of a ticket key. */
  public static final int KEY_BYTES = 32;

  /** The longest uid in bytes of UTF-8. */
  public static final int UID_MAX_BYTES = 128;

  public Ticket {
    requireLength("id", id, ID_BYTES);
    requireLength("sid", sid, SID_BYTES);
    requireLength("key", key, KEY_BYTES);
    int uidBytes = uid.getBytes(StandardCharsets.UTF_8).length;
    if (uidBytes < 1 || uidBytes > UID_MAX_BYTES) {
      throw new IllegalArgumentException("uid has " + uidBytes + " bytes, not 1.." + UID_MAX_BYTES);
    }
  }

  /** The session id as the HTTP entry writes it: 32 hex digits. */
  public String sidText() {
    return HexFormat.of().formatHex(sid);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Ticket[" + HexFormat.of().formatHex(id) + " for " + uid + " at " + serverId + "]";
  }

  private static void requireLength(String name, byte[] value, int length) {
    if (value.length != length) {
      throw new IllegalArgumentException(name + " has " + value.length + " bytes, not " + length);
    }
  }
}
