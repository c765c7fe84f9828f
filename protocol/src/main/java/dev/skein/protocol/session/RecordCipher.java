package dev.skein.protocol.session;

import dev.skein.protocol.crypto.PacketCipher;
import dev.skein.protocol.crypto.SessionSecrets;

/** Seals and opens the records of one stream, counting them (PROTOCOL §6.2). */
final class RecordCipher {
  private final PacketCipher sealing;
  private final PacketCipher opening;
  private long nextSealed;
  private long nextOpened;

  RecordCipher(Role role, SessionSecrets secrets) {
    boolean client = role == Role.CLIENT;
    sealing =
        PacketCipher.sealing(
            secrets.suite(), client ? secrets.clientToServer() : secrets.serverToClient());
    opening =
        PacketCipher.opening(
            secrets.suite(), client ? secrets.serverToClient() : secrets.clientToServer());
  }

  boolean isExhausted() {
    return nextSealed >= PacketCipher.MAX_NUMBER;
  }

  /** Seals in place and returns the record's length. */
  int seal(byte[] buffer, int offset, int plainLength) {
    return sealing.seal(nextSealed++, buffer, offset, 0, plainLength);
  }

  /** Opens in place; returns the plaintext's length or -1. */
  int open(byte[] buffer, int offset, int sealedLength) {
    int plainLength = opening.open(nextOpened, buffer, offset, 0, sealedLength);
    if (plainLength >= 0) {
      nextOpened++;
    }
    return plainLength;
  }
}
