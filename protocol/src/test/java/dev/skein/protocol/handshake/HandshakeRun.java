package dev.skein.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** One handshake in virtual time over a wire that may lose, damage or delay what it carries. */
final class HandshakeRun {
  private static final int PORT = 4000;

  /** What becomes of a datagram on its way. */
  interface Wire {
    /** The datagram as it arrives; empty if it does not. */
    Optional<byte[]> carry(byte[] datagram, long nowMillis);

    /** How long it takes. */
    default int delayMillis() {
      return 20;
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Arrival(long atNanos, boolean atServer, byte[] datagram)
      implements Comparable<Arrival> {
    @Override
    public int compareTo(Arrival other) {
      return Long.compare(atNanos, other.atNanos);
    }
  }

  private final Peers peers;
  private final ClientHandshake client;
  private final Wire wire;
  private final PriorityQueue<Arrival> onTheWay = new PriorityQueue<>();
  private final List<HandshakeResult.Accepted> accepted = new ArrayList<>();
  private long nowNanos;

  HandshakeRun(Peers peers, ClientHandshake client, Wire wire) {
    this.peers = peers;
    this.client = client;
    this.wire = wire;
  }

  /**
   * Runs until the client is done.
   *
   * @return when it was established, in ms; empty if it failed
   */
  Optional<Long> run() {
    while (client.established().isEmpty() && client.failure().isEmpty()) {
      Arrival next = onTheWay.peek();
      if (next != null && next.atNanos <= client.nextTimeoutNanos()) {
        nowNanos = next.atNanos;
        arrive(onTheWay.remove());
      } else {
        nowNanos = client.nextTimeoutNanos();
      }
      byte[] out = new byte[Layout.PADDED_BYTES];
      while (client.poll(out, 0, nowNanos) > 0) {
        send(out.clone(), true);
      }
    }
    return client.established().map(this::sessionAtBothEnds);
  }

  private long sessionAtBothEnds(Established established) {
    assertThat(accepted).hasSize(1);
    assertThat(established.secrets().clientToServer())
        .isEqualTo(accepted.getFirst().secrets().clientToServer());
    return nowMillis();
  }

  private long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(nowNanos);
  }

  private void send(byte[] datagram, boolean toServer) {
    long atNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(wire.delayMillis());
    wire.carry(datagram, nowMillis())
        .ifPresent(carried -> onTheWay.add(new Arrival(atNanos, toServer, carried)));
  }

  private void arrive(Arrival arrival) {
    byte[] datagram = arrival.datagram;
    if (!arrival.atServer) {
      client.onDatagram(datagram, 0, datagram.length, nowNanos);
      return;
    }
    switch (peers.receive(datagram, PORT, Peers.START_MILLIS + nowMillis())) {
      case HandshakeResult.Answer answer -> send(answer.bytes(), false);
      case HandshakeResult.Accepted session -> {
        accepted.add(session);
        send(session.answer(), false);
      }
      case HandshakeResult.Dropped dropped -> {}
      case HandshakeResult.Resume resume -> throw new AssertionError(resume);
    }
  }

  /** How many bytes of the datagram come before its padding. */
  static int meaningfulBytes(byte[] datagram) {
    int end = datagram.length;
    while (datagram[end - 1] == 0) {
      end--;
    }
    return end;
  }

  /** A copy with one byte changed. */
  static byte[] damaged(byte[] datagram, int at, int by) {
    byte[] copy = Arrays.copyOf(datagram, datagram.length);
    copy[at] ^= (byte) by;
    return copy;
  }
}
