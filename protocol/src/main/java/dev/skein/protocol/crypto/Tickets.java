package dev.skein.protocol.crypto;

import static dev.skein.protocol.crypto.Ticket.ID_BYTES;
import static dev.skein.protocol.crypto.Ticket.KEY_BYTES;
import static dev.skein.protocol.crypto.Ticket.SID_BYTES;
import static dev.skein.protocol.crypto.Ticket.UID_MAX_BYTES;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.packet.BigEndian;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * Issues and opens the connect tickets of one cluster (PROTOCOL §3), under a key derived from its
 * master key. Immutable; any thread may call.
 */
public final class Tickets {

  /** The shortest master key. */
  public static final int MASTER_KEY_MIN_BYTES = 16;

  /** The longest sealed ticket. */
  public static final int MAX_BYTES = 246;

  private static final byte VERSION_LOGIN = 1;
  private static final byte VERSION_MOVE = 2;
  private static final int NONCE_BYTES = 12;
  private static final int HEADER_BYTES = 1 + NONCE_BYTES;
  private static final int FIXED_BYTES = ID_BYTES + 3 * Long.BYTES + SID_BYTES + KEY_BYTES + 1;
  private static final int UID_LENGTH_OFFSET = FIXED_BYTES - 1;
  private static final CipherSuite SUITE = CipherSuite.AES_128_GCM;

  private final SecretKeySpec key;

  /**
   * Tickets of the cluster with this master key.
   *
   * @param masterKey at least {@value #MASTER_KEY_MIN_BYTES} secret bytes, the same on all nodes
   */
  public Tickets(byte[] masterKey) {
    if (masterKey.length < MASTER_KEY_MIN_BYTES) {
      throw new IllegalArgumentException(
          "masterKey has " + masterKey.length + " bytes, less than " + MASTER_KEY_MIN_BYTES);
    }
    byte[] salt = "skein ticket".getBytes(StandardCharsets.US_ASCII);
    byte[] derived = Hkdf.expand(Hkdf.extract(salt, masterKey), "key", SUITE.keyBytes());
    this.key = new SecretKeySpec(derived, SUITE.keyAlgorithm());
  }

  /**
   * A ticket and what is told to the client with it. The arrays are shared, not copied.
   *
   * @param ticket what the server will find in it, {@code key} and {@code sid} included
   * @param sealed the bytes the client passes on unread
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Issued(Ticket ticket, byte[] sealed) {

    @Override
    public String toString() {
      return "Issued[" + ticket + "]";
    }
  }

  /**
   * Issues a ticket with a new id, sid and key.
   *
   * @param serverId the listener it is for
   * @param uid who connects, 1 to 128 bytes of UTF-8
   * @param nowMillis Unix time
   * @param lifetimeMillis how long it can be used
   * @param random a {@link java.security.SecureRandom} in production
   * @throws IllegalArgumentException if the uid is empty or too long, or the lifetime not positive
   */
  public Issued issue(
      long serverId, String uid, long nowMillis, int lifetimeMillis, RandomGenerator random) {
    byte[] id = randomBytes(random, ID_BYTES);
    byte[] sid = randomBytes(random, SID_BYTES);
    return issue(id, serverId, uid, sid, Ticket.Purpose.LOGIN, nowMillis, lifetimeMillis, random);
  }

  /** The same for a session that goes on at another node under its sid. */
  public Issued issueMove(
      long serverId,
      String uid,
      byte[] sid,
      long nowMillis,
      int lifetimeMillis,
      RandomGenerator random) {
    byte[] id = randomBytes(random, ID_BYTES);
    return issue(id, serverId, uid, sid, Ticket.Purpose.MOVE, nowMillis, lifetimeMillis, random);
  }

  private Issued issue(
      byte[] id,
      long serverId,
      String uid,
      byte[] sid,
      Ticket.Purpose purpose,
      long nowMillis,
      int lifetimeMillis,
      RandomGenerator random) {
    Bounds.positive("lifetimeMillis", lifetimeMillis);
    Ticket ticket =
        new Ticket(
            id,
            serverId,
            nowMillis,
            nowMillis + lifetimeMillis,
            sid,
            randomBytes(random, KEY_BYTES),
            uid,
            purpose);
    return new Issued(ticket, seal(ticket, randomBytes(random, NONCE_BYTES)));
  }

  /** The sealed bytes of a ticket, under a nonce that must never be used again. */
  byte[] seal(Ticket ticket, byte[] nonce) {
    byte[] uid = ticket.uid().getBytes(StandardCharsets.UTF_8);
    byte[] sealed = new byte[HEADER_BYTES + FIXED_BYTES + uid.length + CipherSuite.TAG_BYTES];
    sealed[0] = ticket.purpose() == Ticket.Purpose.LOGIN ? VERSION_LOGIN : VERSION_MOVE;
    System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
    int at = HEADER_BYTES;
    at = put(sealed, at, ticket.id());
    BigEndian.putLong(sealed, at, ticket.serverId());
    BigEndian.putLong(sealed, at + 8, ticket.issuedAtMillis());
    BigEndian.putLong(sealed, at + 16, ticket.expiresAtMillis());
    at = put(sealed, at + 24, ticket.sid());
    at = put(sealed, at, ticket.key());
    sealed[at++] = (byte) uid.length;
    put(sealed, at, uid);
    try {
      Cipher cipher = SUITE.newCipher();
      cipher.init(Cipher.ENCRYPT_MODE, key, SUITE.parameters(nonce));
      cipher.updateAAD(sealed, 0, HEADER_BYTES);
      cipher.doFinal(sealed, HEADER_BYTES, FIXED_BYTES + uid.length, sealed, HEADER_BYTES);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing a ticket failed", e);
    }
  }

  /** Opens a ticket; empty if it was not sealed under this key. The bytes are not changed. */
  public Optional<Ticket> open(byte[] bytes, int offset, int length) {
    if (length < HEADER_BYTES + FIXED_BYTES + 1 + CipherSuite.TAG_BYTES
        || length > MAX_BYTES
        || bytes[offset] != VERSION_LOGIN && bytes[offset] != VERSION_MOVE) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOfRange(bytes, offset + 1, offset + HEADER_BYTES);
    try {
      Cipher cipher = SUITE.newCipher();
      cipher.init(Cipher.DECRYPT_MODE, key, SUITE.parameters(nonce));
      cipher.updateAAD(bytes, offset, HEADER_BYTES);
      Ticket.Purpose purpose =
          bytes[offset] == VERSION_LOGIN ? Ticket.Purpose.LOGIN : Ticket.Purpose.MOVE;
      return parse(cipher.doFinal(bytes, offset + HEADER_BYTES, length - HEADER_BYTES), purpose);
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening a ticket failed", e);
    }
  }

  private static Optional<Ticket> parse(byte[] plain, Ticket.Purpose purpose) {
    int uidBytes = plain[UID_LENGTH_OFFSET] & 0xFF;
    if (uidBytes == 0 || uidBytes > UID_MAX_BYTES || FIXED_BYTES + uidBytes != plain.length) {
      return Optional.empty();
    }
    int times = ID_BYTES;
    int sid = times + 3 * Long.BYTES;
    return Optional.of(
        new Ticket(
            Arrays.copyOf(plain, ID_BYTES),
            BigEndian.getLong(plain, times),
            BigEndian.getLong(plain, times + 8),
            BigEndian.getLong(plain, times + 16),
            Arrays.copyOfRange(plain, sid, sid + SID_BYTES),
            Arrays.copyOfRange(plain, sid + SID_BYTES, UID_LENGTH_OFFSET),
            new String(plain, FIXED_BYTES, uidBytes, StandardCharsets.UTF_8),
            purpose));
  }

  private static int put(byte[] out, int at, byte[] bytes) {
    System.arraycopy(bytes, 0, out, at, bytes.length);
    return at + bytes.length;
  }

  private static byte[] randomBytes(RandomGenerator random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
