package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NearCacheTest {
  private static final Optional<byte[]> VALUE = Optional.of(new byte[] {1});

  private long nanos;
  private final NearCache cache = new NearCache(2, () -> nanos);

  private void put(String key) {
    cache.put(key, VALUE, cache.changesCount());
  }

  @Test
  void aValueIsAtHandForHalfASecond() {
    put("a");
    nanos = TimeUnit.MILLISECONDS.toNanos(NearCache.FRESH_MILLIS) - 1;
    assertThat(cache.get("a")).isEqualTo(VALUE);
    nanos++;
    assertThat(cache.get("a")).isNull();
  }

  @Test
  void theLeastLatelyUsedGoesFirst() {
    put("a");
    put("b");
    assertThat(cache.get("a")).isEqualTo(VALUE);
    put("c");
    assertThat(cache.get("a")).isEqualTo(VALUE);
    assertThat(cache.get("b")).isNull();
    assertThat(cache.get("c")).isEqualTo(VALUE);
  }

  @Test
  void aChangedValueIsForgotten() {
    put("a");
    cache.forget("a");
    assertThat(cache.get("a")).isNull();
  }

  @Test
  void whatWasAskedForBeforeAChangeAndCameAfterItIsNotKept() {
    long askedAt = cache.changesCount();
    cache.forget("a");
    cache.put("a", VALUE, askedAt);
    assertThat(cache.get("a")).isNull();
  }
}
