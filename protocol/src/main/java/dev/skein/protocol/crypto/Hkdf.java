package dev.skein.protocol.crypto;

import dev.skein.protocol.Bounds;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC, SHA-256 and the key derivation of RFC 5869 built from them, as PROTOCOL uses them.
 * Stateless; any thread may call.
 */
public final class Hkdf {

  /** Bytes of a SHA-256 hash, of an HMAC and of every derived secret. */
  public static final int HASH_BYTES = 32;

  private static final String HMAC = "HmacSHA256";

  private Hkdf() {}

  /** RFC 5869 §2.2: {@code HMAC(salt, keyMaterial)}; the salt must not be empty. */
  public static byte[] extract(byte[] salt, byte[] keyMaterial) {
    return hmac(salt, keyMaterial, 0, keyMaterial.length);
  }

  /**
   * RFC 5869 §2.3.
   *
   * @param info the label, followed by whatever binds the output to its context
   * @param lengthBytes 1 to 32: nothing in PROTOCOL needs a second block
   */
  public static byte[] expand(byte[] secret, byte[] info, int lengthBytes) {
    Bounds.within("lengthBytes", lengthBytes, 1, HASH_BYTES);
    byte[] block = Arrays.copyOf(info, info.length + 1);
    block[info.length] = 1;
    byte[] output = hmac(secret, block, 0, block.length);
    return lengthBytes == HASH_BYTES ? output : Arrays.copyOf(output, lengthBytes);
  }

  /** {@link #expand(byte[], byte[], int)} with an ASCII label alone. */
  public static byte[] expand(byte[] secret, String label, int lengthBytes) {
    return expand(secret, label.getBytes(StandardCharsets.US_ASCII), lengthBytes);
  }

  /** {@link #expand(byte[], byte[], int)} to 32 bytes with an ASCII label and a context. */
  public static byte[] expand(byte[] secret, String label, byte[] context) {
    return expand(secret, concat(label.getBytes(StandardCharsets.US_ASCII), context), HASH_BYTES);
  }

  /** HMAC-SHA-256 over a slice. */
  public static byte[] hmac(byte[] key, byte[] message, int offset, int length) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      mac.update(message, offset, length);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }

  /** SHA-256 over the parts, one after the other. */
  public static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The parts, one after the other. */
  public static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] whole = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }
}
