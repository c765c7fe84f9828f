package dev.skein.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PacketHeaderTest {

  /** RFC 9000 appendix A.2 and A.3. */
  @Test
  void theExamplesOfTheRfcHold() {
    assertThat(PacketHeader.numberBytes(0xac5c02, 0xabe8b3)).isEqualTo(2);
    assertThat(PacketHeader.numberBytes(0xace8fe, 0xabe8b3)).isEqualTo(3);
    assertThat(PacketHeader.restore(0x9b32, 16, 0xa82f30eaL)).isEqualTo(0xa82f9b32L);
  }

  @Test
  void aClientsHeaderCarriesTheConnectionIdAndAServersDoesNot() {
    byte[] out = new byte[PacketHeader.MAX_BYTES];
    assertThat(PacketHeader.writeFromClient(out, 0, 0x0102030405060708L, 0, -1)).isEqualTo(10);
    assertThat(PacketHeader.fromClient(out[0])).isTrue();
    assertThat(PacketHeader.fromServer(out[0])).isFalse();
    assertThat(PacketHeader.bytes(out[0])).isEqualTo(10);
    assertThat(BigEndian.getLong(out, PacketHeader.CONNECTION_ID_OFFSET))
        .isEqualTo(0x0102030405060708L);

    assertThat(PacketHeader.writeFromServer(out, 0, 0, -1)).isEqualTo(2);
    assertThat(PacketHeader.fromServer(out[0])).isTrue();
    assertThat(PacketHeader.fromClient(out[0])).isFalse();
  }

  @Test
  void everyNumberSurvivesWhileTheReceiverLagsBehindByAtMostWhatWasUnacked() {
    SplittableRandom random = new SplittableRandom(5);
    byte[] out = new byte[PacketHeader.MAX_BYTES];
    for (int i = 0; i < 100_000; i++) {
      long acked = random.nextLong(-1, 1L << random.nextInt(1, 40));
      long number = acked + 1 + random.nextLong(1L << random.nextInt(1, 28));
      long received = random.nextLong(acked, number + 1);
      PacketHeader.writeFromServer(out, 0, number, acked);
      assertThat(PacketHeader.number(out, 0, received))
          .as("number %d, acked %d, received %d", number, acked, received)
          .isEqualTo(number);
    }
  }

  @Test
  void handshakeTypesAreNoPackets() {
    for (byte type = 1; type <= 5; type++) {
      assertThat(PacketHeader.fromClient(type) || PacketHeader.fromServer(type)).isFalse();
    }
  }
}
