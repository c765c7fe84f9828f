package dev.skein.protocol.crypto;

/** The authenticated ciphers a session may use (PROTOCOL §4). */
public enum CipherSuite {
  AES_128_GCM(1, 16),
  CHACHA20_POLY1305(2, 32);

  /** Bytes of the authentication tag. */
  public static final int TAG_BYTES = 16;

  private final int code;
  private final int keyBytes;

  CipherSuite(int code, int keyBytes) {
    this.code = code;
    this.keyBytes = keyBytes;
  }

  /** The code in ACCEPT; its bit in HELLO is {@code 1 << (code - 1)}. */
  public int code() {
    return code;
  }

  public int keyBytes() {
    return keyBytes;
  }
}
