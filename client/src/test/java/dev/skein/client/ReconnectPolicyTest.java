package dev.skein.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReconnectPolicyTest {
  private final Random random = new Random(7);

  @Test
  void delaysDoubleUpToTheLongest() {
    ReconnectPolicy policy = new ReconnectPolicy(100, 1_000, 0, 10);
    assertThat(delays(policy, 7)).containsExactly(100, 200, 400, 800, 1_000, 1_000, 1_000);
  }

  @Test
  void aVeryLateAttemptStillWaitsTheLongestDelay() {
    ReconnectPolicy policy = new ReconnectPolicy(3_600_000, 3_600_000, 0, Integer.MAX_VALUE);
    assertThat(policy.delayMillis(Integer.MAX_VALUE, random)).isEqualTo(3_600_000);
  }

  @Test
  void jitterTakesOffAtMostItsPart() {
    ReconnectPolicy policy = new ReconnectPolicy(1_000, 1_000, 0.25, 10);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      long delay = policy.delayMillis(0, random);
      assertThat(delay).isBetween(750L, 1_000L);
      seen.add(delay);
    }
    assertThat(seen).hasSizeGreaterThan(100);
  }

  @Test
  void valuesOutOfRangeAreRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ReconnectPolicy(0, 1, 0, 1))
        .withMessageContaining("firstDelayMillis");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ReconnectPolicy(10, 9, 0, 1))
        .withMessageContaining("delayMaxMillis");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ReconnectPolicy(10, 20, Double.NaN, 1))
        .withMessageContaining("jitter");
  }

  private long[] delays(ReconnectPolicy policy, int attempts) {
    long[] delays = new long[attempts];
    for (int i = 0; i < attempts; i++) {
      delays[i] = policy.delayMillis(i, random);
    }
    return delays;
  }
}
