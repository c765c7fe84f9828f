package dev.skein.client;

import dev.skein.protocol.Bounds;
import java.util.random.RandomGenerator;

/**
 * How a client logs in anew after its session is lost for good. The delay before attempt n is
 * {@code firstDelayMillis} × 2^n up to {@code delayMaxMillis}, of which a random part of up to
 * {@code jitter} is taken off, so that the clients of a dead node do not come back all at once.
 *
 * @param firstDelayMillis delay before the first attempt
 * @param delayMaxMillis no delay is longer
 * @param jitter 0 (none) to 1 (anything between 0 and the delay)
 * @param attemptsMax failed attempts in a row after which the client gives up; 0 = no reconnect
 */
public record ReconnectPolicy(
    int firstDelayMillis, int delayMaxMillis, double jitter, int attemptsMax) {

  /** 250 ms doubling to 10 s, half of it random, 20 attempts (about three minutes). */
  public static final ReconnectPolicy DEFAULTS = new ReconnectPolicy(250, 10_000, 0.5, 20);

  /** A lost session is the end. */
  public static final ReconnectPolicy NEVER = new ReconnectPolicy(1, 1, 0, 0);

  public ReconnectPolicy {
    Bounds.within("firstDelayMillis", firstDelayMillis, 1, 3_600_000);
    Bounds.within("delayMaxMillis", delayMaxMillis, firstDelayMillis, 3_600_000);
    Bounds.within("attemptsMax", attemptsMax, 0, Integer.MAX_VALUE);
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter " + jitter + " is not within 0..1");
    }
  }

  /** Milliseconds to wait before the attempt with this number, the first being 0. */
  long delayMillis(int attempt, RandomGenerator random) {
    long delay = (long) firstDelayMillis << Math.min(attempt, 32);
    delay = Math.min(delay, delayMaxMillis);
    return delay - (long) (delay * jitter * random.nextDouble());
  }
}
