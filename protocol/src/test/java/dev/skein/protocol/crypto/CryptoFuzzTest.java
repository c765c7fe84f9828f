package dev.skein.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Bytes that were not sealed here never open, and never throw. */
class CryptoFuzzTest {

  @FuzzTest
  void anyBytesAreNoPacket(FuzzedDataProvider data) {
    CipherSuite suite = data.pickValue(CipherSuite.values());
    long number = data.consumeLong();
    int headerBytes = data.consumeInt(0, 13);
    byte[] packet = data.consumeRemainingAsBytes();
    if (packet.length >= headerBytes) {
      PacketCipher opening = PacketCipher.opening(suite, new byte[32]);
      int sealedBytes = packet.length - headerBytes;
      assertThat(opening.open(number, packet, 0, headerBytes, sealedBytes)).isEqualTo(-1);
    }
  }

  @FuzzTest
  void anyBytesAreNoTicket(byte[] bytes) {
    assertThat(new Tickets(new byte[32]).open(bytes, 0, bytes.length)).isEmpty();
  }
}
