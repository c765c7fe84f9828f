package dev.skein.bench.rudp;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The wire between two TUN devices: every IPv4 packet arrives half a round trip later, or is lost.
 * One reading and one writing thread for each direction.
 */
final class LossyWire implements AutoCloseable {
  /** Packets under way in one direction; a longer queue drops its newest, as a router does. */
  private static final int QUEUE_MAX_PACKETS = 16_384;

  private static final int POLL_MILLIS = 100;
  private static final int IPV4 = 4;

  /** What has entered the wire so far. */
  record Volume(long packets, long bytes) {
    Volume minus(Volume earlier) {
      return new Volume(packets - earlier.packets, bytes - earlier.bytes);
    }
  }

  private record Flying(byte[] packet, long dueNanos) {}

  /** One direction. */
  private final class Lane {
    final String name;
    final Tun from;
    final Tun to;
    final ArrayBlockingQueue<Flying> flying = new ArrayBlockingQueue<>(QUEUE_MAX_PACKETS);
    volatile SplittableRandom random;

    Lane(String name, Tun from, Tun to) {
      this.name = name;
      this.from = from;
      this.to = to;
      this.random = new SplittableRandom(0);
    }

    void read() {
      byte[] buffer = new byte[Tun.PACKET_MAX_BYTES];
      try {
        while (!closed) {
          int bytes = from.read(buffer, POLL_MILLIS);
          // The kernel also announces itself over IPv6; no contender sends any.
          if (bytes > 0 && (buffer[0] & 0xff) >>> 4 == IPV4) {
            enter(Arrays.copyOf(buffer, bytes));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void enter(byte[] packet) {
      long now = System.nanoTime();
      packets.increment();
      bytes.add(packet.length);
      boolean lost = random.nextDouble() < lossShare;
      trace.ifPresent(
          to -> to.printf("%d %s %d %s%n", now, name, packet.length, lost ? "lost" : "-"));
      if (!lost) {
        boolean ignored = flying.offer(new Flying(packet, now + oneWayNanos));
      }
    }

    void write() {
      try {
        while (!closed) {
          Flying next = flying.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
          if (next == null) {
            continue;
          }
          for (long wait = next.dueNanos - System.nanoTime();
              wait > 0;
              wait = next.dueNanos - System.nanoTime()) {
            LockSupport.parkNanos(wait);
          }
          to.write(next.packet);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final long oneWayNanos;
  private final Optional<PrintWriter> trace;
  private final LongAdder packets = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final Lane up;
  private final Lane down;
  private final List<Thread> threads;
  private volatile double lossShare;
  private volatile boolean closed;

  /** Starts to carry, without loss; {@code trace} gets one line for each packet. */
  LossyWire(Tun server, Tun players, int rttMillis, Optional<PrintWriter> trace) {
    this.oneWayNanos = TimeUnit.MILLISECONDS.toNanos(rttMillis) / 2;
    this.trace = trace;
    up = new Lane("up", players, server);
    down = new Lane("down", server, players);
    threads =
        List.of(
            Thread.ofPlatform().daemon().name("wire-up-in").start(up::read),
            Thread.ofPlatform().daemon().name("wire-up-out").start(up::write),
            Thread.ofPlatform().daemon().name("wire-down-in").start(down::read),
            Thread.ofPlatform().daemon().name("wire-down-out").start(down::write));
  }

  /** From now on loses this share in each direction, beginning the draws of this seed anew. */
  void lose(double lossPercent, long seed) {
    up.random = new SplittableRandom(seed);
    down.random = new SplittableRandom(~seed);
    lossShare = lossPercent / 100;
  }

  /** What was sent so far, both directions together, whether it arrived or not. */
  Volume volume() {
    return new Volume(packets.sum(), bytes.sum());
  }

  /** Marks a place in the trace. */
  void note(String text) {
    trace.ifPresent(to -> to.println("# " + text));
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    trace.ifPresent(PrintWriter::flush);
  }
}
