package dev.skein.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PacketCipherTest {
  private static final int AT = 3;
  private static final int AAD = 11;
  private static final int PLAIN = 50;
  private static final long EPOCH = 1L << PacketCipher.EPOCH_BITS;

  private final byte[] secret = bytes(32);
  private final byte[] plain = bytes(AT + AAD + PLAIN + 16);

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new SplittableRandom(count).nextBytes(bytes);
    return bytes;
  }

  private byte[] seal(PacketCipher sealing, long number) {
    byte[] packet = plain.clone();
    assertThat(sealing.seal(number, packet, AT, AAD, PLAIN)).isEqualTo(PLAIN + 16);
    return packet;
  }

  private static int open(PacketCipher opening, long number, byte[] packet) {
    return opening.open(number, packet.clone(), AT, AAD, PLAIN + 16);
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  void whatWasSealedOpensInPlaceAndTheHeaderStaysClear(CipherSuite suite) {
    byte[] packet = seal(PacketCipher.sealing(suite, secret), 7);
    assertThat(Arrays.copyOf(packet, AT + AAD)).isEqualTo(Arrays.copyOf(plain, AT + AAD));
    assertThat(packet).isNotEqualTo(plain);

    PacketCipher opening = PacketCipher.opening(suite, secret);
    assertThat(opening.open(7, packet, AT, AAD, PLAIN + 16)).isEqualTo(PLAIN);
    assertThat(Arrays.copyOf(packet, AT + AAD + PLAIN))
        .isEqualTo(Arrays.copyOf(plain, AT + AAD + PLAIN));
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  void aChangeOfAnyByteOfThePacketOrItsNumberDoesNotOpen(CipherSuite suite) {
    byte[] packet = seal(PacketCipher.sealing(suite, secret), 7);
    PacketCipher opening = PacketCipher.opening(suite, secret);
    for (int at = AT; at < packet.length; at++) {
      byte[] changed = packet.clone();
      changed[at] ^= 0x40;
      assertThat(open(opening, 7, changed)).isEqualTo(-1);
    }
    assertThat(open(opening, 6, packet)).isEqualTo(-1);
    assertThat(open(PacketCipher.opening(suite, bytes(33)), 7, packet)).isEqualTo(-1);
    assertThat(open(opening, 7, packet)).isEqualTo(PLAIN);
  }

  @Test
  void whatIsShorterThanATagOrOutOfRangeDoesNotOpen() {
    PacketCipher opening = PacketCipher.opening(CipherSuite.AES_128_GCM, secret);
    assertThat(opening.open(0, new byte[40], 0, 0, 15)).isEqualTo(-1);
    assertThat(opening.open(0, new byte[40], 0, 0, 0)).isEqualTo(-1);
    assertThat(opening.open(-1, new byte[40], 0, 0, 40)).isEqualTo(-1);
    assertThat(opening.open(PacketCipher.MAX_NUMBER, new byte[40], 0, 0, 40)).isEqualTo(-1);
  }

  @Test
  void keysChangeWithTheEpochAndTheEpochBeforeStillOpens() {
    PacketCipher sealing = PacketCipher.sealing(CipherSuite.AES_128_GCM, secret);
    PacketCipher opening = PacketCipher.opening(CipherSuite.AES_128_GCM, secret);
    byte[] late = seal(sealing, EPOCH - 2);
    byte[] last = seal(sealing, EPOCH - 1);
    byte[] first = seal(sealing, EPOCH);
    byte[] afterNext = seal(sealing, 2 * EPOCH);

    assertThat(open(opening, EPOCH - 1, last)).isEqualTo(PLAIN);
    assertThat(open(opening, 2 * EPOCH, afterNext)).as("two epochs ahead").isEqualTo(-1);
    assertThat(open(opening, EPOCH, first)).isEqualTo(PLAIN);
    assertThat(open(opening, EPOCH - 2, late)).as("the epoch before").isEqualTo(PLAIN);
    assertThat(open(opening, 2 * EPOCH, afterNext)).isEqualTo(PLAIN);
    assertThat(open(opening, EPOCH - 2, late)).as("two epochs back").isEqualTo(-1);
    assertThat(open(opening, EPOCH, first)).isEqualTo(PLAIN);
  }

  @Test
  void aForgedNumberOfTheNextEpochMovesNothing() {
    PacketCipher sealing = PacketCipher.sealing(CipherSuite.AES_128_GCM, secret);
    PacketCipher opening = PacketCipher.opening(CipherSuite.AES_128_GCM, secret);
    byte[] packet = seal(sealing, 0);
    for (int i = 0; i < 3; i++) {
      assertThat(open(opening, EPOCH, packet)).isEqualTo(-1);
    }
    assertThat(open(opening, 0, packet)).isEqualTo(PLAIN);
  }

  @Test
  void aNumberIsSealedOnceAndNoneIsSkippedBeyondAnEpoch() {
    PacketCipher sealing = PacketCipher.sealing(CipherSuite.AES_128_GCM, secret);
    seal(sealing, 5);
    assertThatIllegalArgumentException().isThrownBy(() -> seal(sealing, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> seal(sealing, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> seal(sealing, 2 * EPOCH));
    assertThatIllegalArgumentException().isThrownBy(() -> seal(sealing, PacketCipher.MAX_NUMBER));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sealing.seal(6, new byte[20], 0, 0, 5))
        .withMessageContaining("tag");
    seal(sealing, 6);
  }

  @Test
  void twoDirectionsOrSuitesShareNoKey() {
    PacketCipher one = PacketCipher.sealing(CipherSuite.AES_128_GCM, secret);
    PacketCipher other = PacketCipher.sealing(CipherSuite.AES_128_GCM, bytes(31));
    assertThat(seal(one, 0)).isNotEqualTo(seal(other, 0));
  }
}
