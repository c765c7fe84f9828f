package dev.skein.protocol.crypto;

/** From a key agreement to the secrets of a session (PROOF and ACCEPT hashed in, PROTOCOL §4.1). */
public final class KeySchedule {
  private KeySchedule() {}

  /**
   * The secrets of a session or, after a resume, of its next stream.
   *
   * @param salt {@code processSalt ‖ clientRandom}; for a resume {@code clientRandom ‖
   *     serverRandom}
   * @param keyMaterial {@code ticketKey ‖ X25519 output}; for a resume the resumption secret
   * @param hash the SHA-256 of both sides' messages
   */
  public static SessionSecrets secrets(
      CipherSuite suite, byte[] salt, byte[] keyMaterial, byte[] hash) {
    byte[] secret = Hkdf.extract(salt, keyMaterial);
    return new SessionSecrets(
        suite,
        Hkdf.expand(secret, "skein c2s", hash),
        Hkdf.expand(secret, "skein s2c", hash),
        Hkdf.expand(secret, "skein resume", hash));
  }
}
