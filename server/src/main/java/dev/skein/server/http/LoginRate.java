package dev.skein.server.http;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Lets each address log in so often a second, with a burst of one second's worth (the generic cell
 * rate algorithm). A fixed table: addresses that share a slot share its rate, so nobody can make it
 * grow. Any thread.
 */
final class LoginRate {
  private static final int SLOTS_COUNT = 8_192;
  private static final long BURST_MICROS = 1_000_000;

  private final AtomicLongArray dueMicros = new AtomicLongArray(SLOTS_COUNT);
  private final long intervalMicros;
  private final int seed;

  /**
   * @param perSecond 0 for no limit
   * @param seed secret, so that nobody can aim at another's slot
   */
  LoginRate(int perSecond, int seed) {
    this.intervalMicros = perSecond == 0 ? 0 : Math.max(1, BURST_MICROS / perSecond);
    this.seed = seed;
  }

  /** True if one more login is fine now. */
  boolean admit(InetAddress address, long nowMillis) {
    if (intervalMicros == 0) {
      return true;
    }
    long now = nowMillis * 1_000;
    int slot = slot(address);
    while (true) {
      long before = dueMicros.get(slot);
      long due = Math.max(before, now) + intervalMicros;
      if (due - now > BURST_MICROS) {
        return false;
      }
      if (dueMicros.compareAndSet(slot, before, due)) {
        return true;
      }
    }
  }

  private int slot(InetAddress address) {
    int hash = (address.hashCode() ^ seed) * 0x9E3779B9;
    return hash >>> 32 - Integer.numberOfTrailingZeros(SLOTS_COUNT);
  }
}
