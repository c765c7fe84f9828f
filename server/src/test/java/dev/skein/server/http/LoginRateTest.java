package dev.skein.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class LoginRateTest {
  private final InetAddress alice = InetAddress.ofLiteral("192.0.2.1");
  private final InetAddress bob = InetAddress.ofLiteral("192.0.2.2");

  @Test
  void aBurstOfOneSecondsWorthIsFineAndTheNextIsNot() {
    LoginRate rate = new LoginRate(10, 1);
    for (int i = 0; i < 10; i++) {
      assertThat(rate.admit(alice, 0)).isTrue();
    }
    assertThat(rate.admit(alice, 0)).isFalse();
    assertThat(rate.admit(bob, 0)).isTrue();
  }

  @Test
  void afterABurstOneMoreIsAdmittedJustWhenItsShareOfTheSecondHasPassed() {
    LoginRate rate = new LoginRate(10, 1);
    for (int i = 0; i < 10; i++) {
      rate.admit(alice, 0);
    }
    assertThat(rate.admit(alice, 99)).isFalse();
    assertThat(rate.admit(alice, 100)).isTrue();
    assertThat(rate.admit(alice, 100)).isFalse();
  }

  @Test
  void zeroIsNoLimit() {
    LoginRate rate = new LoginRate(0, 1);
    for (int i = 0; i < 10_000; i++) {
      assertThat(rate.admit(alice, 0)).isTrue();
    }
  }
}
