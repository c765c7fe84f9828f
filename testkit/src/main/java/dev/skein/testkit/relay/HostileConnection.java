package dev.skein.testkit.relay;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One client's connection and its twin to the server. Confined to the relay's thread. */
final class HostileConnection {
  /** Read from one side and not yet written to the other; beyond it the relay stops reading. */
  private static final int HELD_MAX_BYTES = 1 << 18;

  private static final int READ_MAX_BYTES = 16_384;

  /** What a lost segment costs a stream: Linux's shortest retransmission timeout. */
  private static final long RETRANSMISSION_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private record Chunk(ByteBuffer bytes, long dueNanos) {}

  /** One direction: what was read from one socket waits here for its time at the other. */
  private final class Flow {
    final SocketChannel from;
    final SocketChannel to;
    final HostilePath path;
    final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    int heldBytes;
    long lastDueNanos = System.nanoTime();
    boolean ended;
    boolean wantsToWrite;

    Flow(SocketChannel from, SocketChannel to, HostilePath path) {
      this.from = from;
      this.to = to;
      this.path = path;
    }
  }

  private final RelayLoop loop;
  private final SocketChannel client;
  private final SocketChannel upstream;
  private final Supplier<Hostility> hostility;
  private final StreamHostility streams;
  private final RelayCounters counters;
  private final Consumer<HostileConnection> onGone;
  private final Flow up;
  private final Flow down;
  private final ByteBuffer incoming = ByteBuffer.allocate(READ_MAX_BYTES);
  private boolean connected;
  private boolean stalled;
  private boolean gone;

  HostileConnection(
      RelayLoop loop,
      SocketChannel client,
      SocketChannel upstream,
      long lane,
      Supplier<Hostility> hostility,
      StreamHostility streams,
      RelayCounters counters,
      Consumer<HostileConnection> onGone) {
    this.loop = loop;
    this.client = client;
    this.upstream = upstream;
    this.hostility = hostility;
    this.streams = streams;
    this.counters = counters;
    this.onGone = onGone;
    long seed = hostility.get().seed();
    up = new Flow(client, upstream, new HostilePath(seed, 2 * lane));
    down = new Flow(upstream, client, new HostilePath(seed, 2 * lane + 1));
  }

  void begin(boolean stalledNow) throws IOException {
    stalled = stalledNow;
    loop.register(client, 0, key -> onReady(key, up, down));
    loop.register(upstream, SelectionKey.OP_CONNECT, key -> onReady(key, down, up));
    if (streams.cutMeanMillis() > 0) {
      loop.at(System.nanoTime() + up.path.randomNanos(streams.cutMeanMillis()), this::cut);
    }
  }

  void stalled(boolean now) {
    stalled = now;
    write(up);
    write(down);
    refreshInterest();
  }

  /** Ends both sides with a reset. */
  void cut() {
    if (gone) {
      return;
    }
    for (SocketChannel side : new SocketChannel[] {client, upstream}) {
      try {
        side.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        // Already closed by its peer; closing is all that is left.
      }
    }
    end();
  }

  private void end() {
    gone = true;
    RelayLoop.closeQuietly(client);
    RelayLoop.closeQuietly(upstream);
    onGone.accept(this);
  }

  private void onReady(SelectionKey key, Flow outOf, Flow into) {
    try {
      if (key.isConnectable() && upstream.finishConnect()) {
        connected = true;
      }
      if (key.isReadable()) {
        read(outOf);
      }
    } catch (IOException e) {
      // Refused or reset: the other side sees the same.
      cut();
      return;
    }
    if (!gone && key.isValid() && key.isWritable()) {
      into.wantsToWrite = false;
      write(into);
    }
    refreshInterest();
  }

  private void read(Flow flow) throws IOException {
    incoming.clear();
    int count = flow.from.read(incoming);
    if (count < 0) {
      flow.ended = true;
      write(flow);
      return;
    }
    incoming.flip();
    while (incoming.hasRemaining()) {
      byte[] bytes = new byte[chunkBytes(flow)];
      incoming.get(bytes);
      hold(flow, bytes);
    }
  }

  private int chunkBytes(Flow flow) {
    int left = incoming.remaining();
    int max = streams.chunkMaxBytes();
    return max == 0 ? left : Math.min(left, flow.path.between(1, max));
  }

  private void hold(Flow flow, byte[] bytes) {
    Hostility now = hostility.get();
    long dueNanos = System.nanoTime() + flow.path.delayNanos(now);
    if (flow.path.hits(now.lossPercent())) {
      counters.lost.increment();
      dueNanos += RETRANSMISSION_NANOS;
    }
    if (streams.corrupt() && flow.path.hits(now.corruptPercent())) {
      counters.corrupted.increment();
      flow.path.turnOneBit(bytes);
    }
    // A stream keeps its order: a chunk waits for the one before it.
    dueNanos = flow.lastDueNanos - dueNanos > 0 ? flow.lastDueNanos : dueNanos;
    flow.lastDueNanos = dueNanos;
    flow.chunks.add(new Chunk(ByteBuffer.wrap(bytes), dueNanos));
    flow.heldBytes += bytes.length;
    loop.at(dueNanos, () -> write(flow));
  }

  private void write(Flow flow) {
    if (gone || stalled || !connected || flow.wantsToWrite) {
      return;
    }
    try {
      long now = System.nanoTime();
      for (Chunk chunk = flow.chunks.peek();
          chunk != null && chunk.dueNanos - now <= 0;
          chunk = flow.chunks.peek()) {
        flow.heldBytes -= flow.to.write(chunk.bytes);
        if (chunk.bytes.hasRemaining()) {
          flow.wantsToWrite = true;
          break;
        }
        flow.chunks.remove();
        counters.forwarded.increment();
      }
      if (flow.ended && flow.chunks.isEmpty()) {
        flow.to.shutdownOutput();
      }
    } catch (IOException e) {
      cut();
      return;
    }
    if (up.ended && down.ended && up.chunks.isEmpty() && down.chunks.isEmpty()) {
      end();
    }
    refreshInterest();
  }

  private void refreshInterest() {
    if (!gone && connected) {
      loop.interest(client, interest(up, down));
      loop.interest(upstream, interest(down, up));
    }
  }

  private int interest(Flow outOf, Flow into) {
    boolean reads = !stalled && !outOf.ended && outOf.heldBytes < HELD_MAX_BYTES;
    return (reads ? SelectionKey.OP_READ : 0) | (into.wantsToWrite ? SelectionKey.OP_WRITE : 0);
  }
}
