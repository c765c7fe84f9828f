package dev.skein.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HkdfTest {
  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void rfc5869TestCase1() {
    byte[] keyMaterial = new byte[22];
    Arrays.fill(keyMaterial, (byte) 0x0b);
    byte[] secret = Hkdf.extract(hex("000102030405060708090a0b0c"), keyMaterial);
    assertThat(secret)
        .isEqualTo(hex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
    byte[] info = hex("f0f1f2f3f4f5f6f7f8f9");
    byte[] block = hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    assertThat(Hkdf.expand(secret, info, 32)).isEqualTo(block);
    assertThat(Hkdf.expand(secret, info, 12)).isEqualTo(Arrays.copyOf(block, 12));
  }

  @Test
  void aSecondBlockIsNotOffered() {
    assertThatIllegalArgumentException().isThrownBy(() -> Hkdf.expand(new byte[32], "key", 33));
    assertThatIllegalArgumentException().isThrownBy(() -> Hkdf.expand(new byte[32], "key", 0));
  }
}
