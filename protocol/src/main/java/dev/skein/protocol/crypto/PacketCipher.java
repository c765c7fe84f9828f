package dev.skein.protocol.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Seals or opens the packets or records of one direction (PROTOCOL §4.1, §6), changing keys by
 * epoch. Confined to one thread.
 *
 * <p>Each holds a JDK {@link Cipher} of its own from the first packet on: the JDK keeps the
 * expanded AES key there, and sharing one between connections costs 220 ns a packet for expanding
 * it again, against 0.65 KB of heap saved.
 */
public final class PacketCipher {

  /** Numbers at or beyond this are never sealed; the session ends before (PROTOCOL §6.1). */
  public static final long MAX_NUMBER = 1L << 40;

  /** An epoch is {@code number >> EPOCH_BITS}. */
  public static final int EPOCH_BITS = 24;

  private final CipherSuite suite;
  private final int mode;
  private EpochKeys current;
  private @Nullable EpochKeys previous;
  private @Nullable EpochKeys next;
  private @Nullable Cipher cipher;
  private long lastSealed = -1;

  private PacketCipher(CipherSuite suite, byte[] secret, int mode) {
    this.suite = suite;
    this.mode = mode;
    this.current = new EpochKeys(suite, secret, 0);
  }

  /**
   * A cipher that seals, starting with epoch 0.
   *
   * @param secret {@code c2s_0} or {@code s2c_0}, 32 bytes, kept and not changed
   */
  public static PacketCipher sealing(CipherSuite suite, byte[] secret) {
    return new PacketCipher(suite, secret, Cipher.ENCRYPT_MODE);
  }

  /**
   * A cipher that opens, starting with epoch 0.
   *
   * @param secret {@code c2s_0} or {@code s2c_0}, 32 bytes, kept and not changed
   */
  public static PacketCipher opening(CipherSuite suite, byte[] secret) {
    return new PacketCipher(suite, secret, Cipher.DECRYPT_MODE);
  }

  /**
   * Seals in place: the plaintext, which follows the AAD in {@code buffer}, is replaced by
   * ciphertext and tag.
   *
   * @param number greater than every number sealed before: a nonce must never be used twice
   * @return {@code plainLength + 16}
   * @throws IllegalArgumentException if the number is not greater than the last, is beyond {@link
   *     #MAX_NUMBER} or more than one epoch ahead, or if the buffer has no room for the tag
   */
  public int seal(long number, byte[] buffer, int aadOffset, int aadLength, int plainLength) {
    if (number <= lastSealed || number >= MAX_NUMBER) {
      throw new IllegalArgumentException("number " + number + " follows " + lastSealed);
    }
    EpochKeys keys = keysFor(number);
    if (keys == null) {
      throw new IllegalArgumentException("number " + number + " skips an epoch");
    }
    int plainOffset = aadOffset + aadLength;
    if (plainOffset + plainLength + CipherSuite.TAG_BYTES > buffer.length) {
      throw new IllegalArgumentException("no room for the tag in " + buffer.length + " bytes");
    }
    lastSealed = number;
    try {
      Cipher sealer = initialized(keys, number);
      sealer.updateAAD(buffer, aadOffset, aadLength);
      int sealedLength = sealer.doFinal(buffer, plainOffset, plainLength, buffer, plainOffset);
      moveTo(keys);
      return sealedLength;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing number " + number + " failed", e);
    }
  }

  /**
   * Opens in place: the sealed bytes, which follow the AAD in {@code buffer}, are replaced by the
   * plaintext.
   *
   * @return the plaintext length, or -1 if it is not authentic or of an epoch that is over or far
   *     ahead; the sealed bytes may then be overwritten
   */
  public int open(long number, byte[] buffer, int aadOffset, int aadLength, int sealedLength) {
    if (sealedLength < CipherSuite.TAG_BYTES || number < 0 || number >= MAX_NUMBER) {
      return -1;
    }
    EpochKeys keys = keysFor(number);
    if (keys == null) {
      return -1;
    }
    int sealedOffset = aadOffset + aadLength;
    try {
      Cipher opener = initialized(keys, number);
      opener.updateAAD(buffer, aadOffset, aadLength);
      int plainLength = opener.doFinal(buffer, sealedOffset, sealedLength, buffer, sealedOffset);
      moveTo(keys);
      return plainLength;
    } catch (AEADBadTagException e) {
      return -1;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening number " + number + " failed", e);
    }
  }

  private Cipher initialized(EpochKeys keys, long number) throws GeneralSecurityException {
    Cipher ready = cipher;
    if (ready == null) {
      ready = suite.newCipher();
      cipher = ready;
    }
    ready.init(mode, keys.key, suite.parameters(keys.nonce(number)));
    return ready;
  }

  /** The keys of a number's epoch if it is the current one or a neighbour of it. */
  private @Nullable EpochKeys keysFor(long number) {
    int epoch = (int) (number >>> EPOCH_BITS);
    if (epoch == current.epoch) {
      return current;
    }
    if (epoch == current.epoch - 1) {
      return previous;
    }
    if (epoch != current.epoch + 1) {
      return null;
    }
    EpochKeys ahead = next;
    if (ahead == null) {
      ahead = current.next();
      next = ahead;
    }
    return ahead;
  }

  /** Only a packet that is authentic moves the epoch, so that a forged number cannot. */
  private void moveTo(EpochKeys keys) {
    if (keys.epoch > current.epoch) {
      previous = mode == Cipher.DECRYPT_MODE ? current : null;
      current = keys;
      next = null;
    }
  }
}
