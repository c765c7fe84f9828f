package dev.skein.protocol.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.KeyAgreement;

/** The key agreement of RFC 7748 on raw 32-byte keys, by the JDK. Any thread may call. */
public final class X25519 {

  /** Bytes of a private key, a public key and a shared secret. */
  public static final int KEY_BYTES = 32;

  private static final String ALGORITHM = "X25519";
  private static final byte[] BASE_POINT = new byte[KEY_BYTES];

  static {
    BASE_POINT[0] = 9;
  }

  private X25519() {}

  /** A new private key; in production {@code random} is a {@link java.security.SecureRandom}. */
  public static byte[] privateKey(RandomGenerator random) {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return key;
  }

  /** The public key that belongs to a private one. */
  public static byte[] publicKey(byte[] privateKey) {
    return agree(privateKey, BASE_POINT)
        .orElseThrow(() -> new IllegalStateException("the base point has full order"));
  }

  /** The shared secret; empty if it is all zero, which only a hostile public key brings about. */
  public static Optional<byte[]> agree(byte[] privateKey, byte[] publicKey) {
    try {
      KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
      PrivateKey own =
          keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey));
      PublicKey other =
          keys.generatePublic(
              new XECPublicKeySpec(NamedParameterSpec.X25519, littleEndian(publicKey)));
      KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
      agreement.init(own);
      agreement.doPhase(other, true);
      return Optional.of(agreement.generateSecret());
    } catch (InvalidKeyException e) {
      // The JDK refuses points of small order, whose product is zero whatever the private key.
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform has no X25519", e);
    }
  }

  /** RFC 7748 §5: little-endian, the top bit ignored. */
  private static BigInteger littleEndian(byte[] publicKey) {
    if (publicKey.length != KEY_BYTES) {
      throw new IllegalArgumentException("a public key has 32 bytes, not " + publicKey.length);
    }
    byte[] reversed = Arrays.copyOf(publicKey, KEY_BYTES);
    for (int i = 0; i < KEY_BYTES / 2; i++) {
      byte swapped = reversed[i];
      reversed[i] = reversed[KEY_BYTES - 1 - i];
      reversed[KEY_BYTES - 1 - i] = swapped;
    }
    reversed[0] &= 0x7F;
    return new BigInteger(1, reversed);
  }
}
