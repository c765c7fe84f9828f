package dev.skein.protocol.crypto;

/**
 * Seals or opens the packets or records of one direction (PROTOCOL §4.1, §6), changing keys by
 * epoch. Confined to one thread.
 */
public final class PacketCipher {
  // Contract for the author of this class (keep these signatures):
  //
  // public static PacketCipher sealing(CipherSuite suite, byte[] secret)
  // public static PacketCipher opening(CipherSuite suite, byte[] secret)
  // public int seal(long number, byte[] buffer, int aadOffset, int aadLength, int plainLength)
  //     the plaintext follows the AAD in buffer and is replaced by ciphertext and tag; returns
  // plainLength + 16
  // public int open(long number, byte[] buffer, int aadOffset, int aadLength, int sealedLength)
  //     in place; returns the plaintext length, or -1 if it is not authentic (no exception, the
  // buffer is then garbage)
}
