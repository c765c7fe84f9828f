package dev.skein.server.transport;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How many sessions the node and each remote address hold. Any thread. */
final class Occupancy {
  private final int max;
  private final int perAddressMax;
  private final AtomicInteger total = new AtomicInteger();

  /** At most one entry per session, so bounded by {@code max}. */
  private final ConcurrentMap<Origin, Integer> byOrigin = new ConcurrentHashMap<>();

  Occupancy(TransportConfig.Limits limits) {
    this.max = limits.connectionsMax();
    this.perAddressMax = limits.connectionsPerAddressMax();
  }

  int total() {
    return total.get();
  }

  /** True if so many more sessions have a place, wherever they come from. */
  boolean hasRoom(int sessions) {
    return total.get() + sessions <= max;
  }

  /** Counts one more session of the origin; null if it may be, else why not. */
  @Nullable DropReason admit(Origin origin) {
    if (total.incrementAndGet() > max) {
      total.decrementAndGet();
      return DropReason.NODE_FULL;
    }
    if (byOrigin.merge(origin, 1, Integer::sum) > perAddressMax) {
      release(origin);
      return DropReason.ADDRESS_FULL;
    }
    return null;
  }

  void release(Origin origin) {
    byOrigin.computeIfPresent(origin, (key, count) -> count == 1 ? null : count - 1);
    total.decrementAndGet();
  }

  /**
   * A remote IP address; of IPv6 the first 64 bits, which is what one customer gets.
   *
   * @param bits the address, or its first half
   */
  record Origin(long bits) {
    static Origin of(PeerAddress address) {
      boolean mapped = address.high() == 0;
      return new Origin(mapped ? address.low() & 0xffff_ffffL : address.high());
    }

    static Origin of(InetAddress address) {
      byte[] bytes = address.getAddress();
      return bytes.length == Integer.BYTES
          ? new Origin(Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()))
          : new Origin(ByteBuffer.wrap(bytes).getLong());
    }
  }
}
