package dev.skein.protocol.handshake;

import dev.skein.protocol.crypto.Hkdf;
import java.util.Arrays;

/** The hash of what both sides said, which the answer's mac and all keys depend on (§4, §4.1). */
@SuppressWarnings("ArrayRecordComponent")
record Transcript(byte[] hash) {

  /**
   * Hashes {@code proof through mac ‖ answer before mac}.
   *
   * @param length of the answer before its mac
   */
  static Transcript of(byte[] proven, byte[] answer, int offset, int length) {
    return new Transcript(Hkdf.sha256(proven, Arrays.copyOfRange(answer, offset, offset + length)));
  }

  /** The mac of ACCEPT or REFUSE. */
  byte[] mac(byte[] ticketKey) {
    byte[] key = Hkdf.expand(ticketKey, Layout.ACCEPT_LABEL, Hkdf.HASH_BYTES);
    return Hkdf.hmac(key, hash, 0, hash.length);
  }
}
