package dev.skein.protocol.crypto;

/**
 * What a handshake yields (PROTOCOL §4.1). The arrays are shared, not copied; whoever holds one
 * must not change it.
 *
 * @param suite the negotiated cipher
 * @param clientToServer {@code c2s_0}, 32 bytes
 * @param serverToClient {@code s2c_0}, 32 bytes
 * @param resume the resumption secret, 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record SessionSecrets(
    CipherSuite suite, byte[] clientToServer, byte[] serverToClient, byte[] resume) {

  @Override
  public String toString() {
    return "SessionSecrets[" + suite + "]";
  }
}
