package dev.skein.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class X25519Test {
  private static final byte[] ALICE =
      hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  private static final byte[] BOB =
      hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  private static final byte[] SHARED =
      hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void rfc7748Section6() {
    byte[] alicePublic = X25519.publicKey(ALICE);
    byte[] bobPublic = X25519.publicKey(BOB);
    assertThat(alicePublic)
        .isEqualTo(hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    assertThat(bobPublic)
        .isEqualTo(hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    assertThat(X25519.agree(ALICE, bobPublic)).contains(SHARED);
    assertThat(X25519.agree(BOB, alicePublic)).contains(SHARED);
  }

  @Test
  void theTopBitOfAPublicKeyIsIgnored() {
    byte[] bobPublic = X25519.publicKey(BOB);
    bobPublic[31] |= (byte) 0x80;
    assertThat(X25519.agree(ALICE, bobPublic)).contains(SHARED);
  }

  @Test
  void aPointOfSmallOrderYieldsNoSecret() {
    byte[] one = new byte[32];
    one[0] = 1;
    assertThat(X25519.agree(ALICE, new byte[32])).isEmpty();
    assertThat(X25519.agree(ALICE, one)).isEmpty();
  }

  @Test
  void anyOtherBytesAreAKey() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 50; i++) {
      byte[] key = X25519.privateKey(random);
      assertThat(X25519.agree(ALICE, key).orElseThrow()).hasSize(32);
    }
  }
}
