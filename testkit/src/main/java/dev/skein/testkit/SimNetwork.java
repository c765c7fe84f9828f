package dev.skein.testkit;

import dev.skein.testkit.relay.Hostility;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Datagrams between addresses in virtual time, treated by {@link Hostility}: lost, delayed,
 * duplicated, reordered, corrupted, too large, cut off. The same seed and the same traffic give the
 * same run. Confined to one thread.
 */
public final class SimNetwork {
  /** How much later than its turn a reordered datagram comes, at most. */
  private static final long REORDER_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

  /** Takes the datagrams for one address; the array is its own. */
  public interface Receiver {
    void onDatagram(byte[] datagram, SocketAddress from);
  }

  private record Direction(SocketAddress from, SocketAddress to) {}

  private final VirtualClock clock;
  private final SplittableRandom random;
  private final Map<SocketAddress, Receiver> receivers = new HashMap<>();
  private final Map<Direction, Hostility> hostilities = new HashMap<>();
  private final Set<Direction> cut = new HashSet<>();
  private Hostility hostility;
  private int mtuBytes = 1500;

  private long datagramsSent;
  private long datagramsDelivered;
  private long bytesSent;

  /** A network that treats every direction alike until told otherwise; its seed decides. */
  public SimNetwork(VirtualClock clock, Hostility hostility) {
    this.clock = clock;
    this.hostility = hostility;
    this.random = new SplittableRandom(hostility.seed());
  }

  /** Opens an address; datagrams to one that is not open vanish. */
  public void open(SocketAddress address, Receiver receiver) {
    receivers.put(address, receiver);
  }

  /** Closes an address; what is on its way there vanishes. */
  public void close(SocketAddress address) {
    receivers.remove(address);
  }

  /** From now on treats all directions without one of their own like this; the seed stays. */
  public void treat(Hostility other) {
    hostility = other;
  }

  /** From now on treats one direction like this; the seed stays. */
  public void treat(SocketAddress from, SocketAddress to, Hostility other) {
    hostilities.put(new Direction(from, to), other);
  }

  /** Datagrams longer than this vanish; 1500 at first. */
  public void mtuBytes(int bytes) {
    mtuBytes = bytes;
  }

  /** Nothing gets from one to the other any more; the way back stays. */
  public void cut(SocketAddress from, SocketAddress to) {
    cut.add(new Direction(from, to));
  }

  /** Nothing gets from either to the other any more. */
  public void partition(SocketAddress one, SocketAddress other) {
    cut(one, other);
    cut(other, one);
  }

  /** Ends every cut and partition. */
  public void heal() {
    cut.clear();
  }

  /** Sends a datagram; the bytes are copied. */
  public void send(SocketAddress from, SocketAddress to, byte[] bytes, int offset, int length) {
    datagramsSent++;
    bytesSent += length;
    Direction direction = new Direction(from, to);
    Hostility fate = hostilities.getOrDefault(direction, hostility);
    if (length > mtuBytes || cut.contains(direction) || hits(fate.lossPercent())) {
      return;
    }
    int copies = hits(fate.duplicatePercent()) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      byte[] datagram = Arrays.copyOfRange(bytes, offset, offset + length);
      if (hits(fate.corruptPercent()) && length > 0) {
        int bit = random.nextInt(length * 8);
        datagram[bit >>> 3] ^= (byte) (1 << (bit & 7));
      }
      clock.after(delayNanos(fate), () -> deliver(direction, datagram));
    }
  }

  private void deliver(Direction direction, byte[] datagram) {
    Receiver receiver = receivers.get(direction.to());
    if (receiver != null && !cut.contains(direction)) {
      datagramsDelivered++;
      receiver.onDatagram(datagram, direction.from());
    }
  }

  private boolean hits(double percent) {
    return percent > 0 && random.nextDouble(100) < percent;
  }

  private long delayNanos(Hostility fate) {
    double millis = fate.delayMillis();
    if (fate.jitterMillis() > 0) {
      millis += random.nextDouble(-fate.jitterMillis(), fate.jitterMillis());
    }
    long nanos = (long) (Math.max(0, millis) * 1_000_000);
    return hits(fate.reorderPercent()) ? nanos + random.nextLong(REORDER_MAX_NANOS) : nanos;
  }

  /** Datagrams handed to {@link #send}. */
  public long datagramsSent() {
    return datagramsSent;
  }

  /** Datagrams that reached a receiver, duplicates included. */
  public long datagramsDelivered() {
    return datagramsDelivered;
  }

  /** Bytes handed to {@link #send}. */
  public long bytesSent() {
    return bytesSent;
  }
}
