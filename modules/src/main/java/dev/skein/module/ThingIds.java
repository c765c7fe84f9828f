package dev.skein.module;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Makes ids of rooms, groups, sessions: 24 hex digits, 8 of the node a thing was born on, 16 that
 * nobody can guess who does not know the secret: SHA-256 of secret and count. Any thread.
 */
public final class ThingIds {
  private static final int SECRET_BYTES = 32;

  private final String birthNode;
  private final byte[] secret = new byte[SECRET_BYTES];
  private long count;

  /** Takes the secret from {@code random}, once. */
  public ThingIds(long birthNode, RandomGenerator random) {
    this.birthNode = HexFormat.of().toHexDigits((int) birthNode);
    random.nextBytes(secret);
  }

  /** An id that no other thing has. */
  public synchronized String next() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(secret);
      byte[] digest = sha256.digest(ByteBuffer.allocate(Long.BYTES).putLong(count++).array());
      return birthNode + HexFormat.of().formatHex(digest, 0, Long.BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
