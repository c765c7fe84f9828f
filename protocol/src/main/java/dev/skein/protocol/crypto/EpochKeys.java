package dev.skein.protocol.crypto;

import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;

/** The keys of one direction for one epoch of 2^24 numbers (PROTOCOL §4.1). Immutable. */
final class EpochKeys {
  private static final int NONCE_BYTES = 12;

  private final CipherSuite suite;
  private final byte[] secret;
  private final byte[] iv;
  final int epoch;
  final SecretKeySpec key;

  EpochKeys(CipherSuite suite, byte[] secret, int epoch) {
    this.suite = suite;
    this.secret = secret;
    this.epoch = epoch;
    this.iv = Hkdf.expand(secret, "iv", NONCE_BYTES);
    this.key =
        new SecretKeySpec(Hkdf.expand(secret, "key", suite.keyBytes()), suite.keyAlgorithm());
  }

  /** The keys that follow; whoever holds them cannot find these again. */
  EpochKeys next() {
    return new EpochKeys(suite, Hkdf.expand(secret, "next", Hkdf.HASH_BYTES), epoch + 1);
  }

  /** {@code iv XOR number}, the number as 12 bytes (PROTOCOL §6.1). */
  byte[] nonce(long number) {
    byte[] nonce = Arrays.copyOf(iv, NONCE_BYTES);
    for (int i = NONCE_BYTES - 1, shift = 0; shift < Long.SIZE; i--, shift += Byte.SIZE) {
      nonce[i] ^= (byte) (number >>> shift);
    }
    return nonce;
  }
}
