package dev.skein.group;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Makes the numbers of new groups: nobody can guess one who does not know the secret, and no two
 * nodes make the same. Any thread.
 */
final class GroupIds {
  private static final int SECRET_BYTES = 32;

  private final byte[] secret = new byte[SECRET_BYTES];
  private final AtomicLong count = new AtomicLong();

  /** Takes the secret from {@code random}, once. */
  GroupIds(RandomGenerator random) {
    random.nextBytes(secret);
  }

  long next() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(secret);
      byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(count.getAndIncrement()).array();
      return ByteBuffer.wrap(sha256.digest(number)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
