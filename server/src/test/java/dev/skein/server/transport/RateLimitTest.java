package dev.skein.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RateLimit limit = new RateLimit(100, 20);

  private long spent(long state, int times, long nowNanos) {
    long after = state;
    for (int i = 0; i < times; i++) {
      after = limit.spend(after, 1, nowNanos);
      assertThat(after).isNotEqualTo(RateLimit.REFUSED);
    }
    return after;
  }

  @Test
  void theWholeBurstComesAtOnceAndNotOneMore() {
    long state = spent(limit.fresh(0), 20, 0);
    assertThat(limit.spend(state, 1, 0)).isEqualTo(RateLimit.REFUSED);
  }

  @Test
  void afterTheBurstTheRateHolds() {
    long state = spent(limit.fresh(0), 20, 0);
    assertThat(limit.spend(state, 1, SECOND / 100 - 1)).isEqualTo(RateLimit.REFUSED);
    state = spent(state, 1, SECOND / 100);
    assertThat(limit.spend(state, 1, SECOND / 100)).isEqualTo(RateLimit.REFUSED);
    spent(state, 10, SECOND / 100 + SECOND / 10);
  }

  @Test
  void longSilenceEarnsNoMoreThanTheBurst() {
    long state = spent(limit.fresh(0), 20, 0);
    state = spent(state, 20, 1_000 * SECOND);
    assertThat(limit.spend(state, 1, 1_000 * SECOND)).isEqualTo(RateLimit.REFUSED);
  }

  @Test
  void oneThatCostsMoreThanTheBurstIsNeverTaken() {
    assertThat(limit.spend(limit.fresh(0), 21, 1_000 * SECOND)).isEqualTo(RateLimit.REFUSED);
    assertThat(limit.spend(limit.fresh(0), 20, 1_000 * SECOND)).isNotEqualTo(RateLimit.REFUSED);
  }
}
