package dev.skein.server.transport;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.session.SessionConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How the transports of a node are set up. Defaults are the production values.
 *
 * @param shards event loops, 1 to 256; default one per core
 * @param session limits and timers of every session
 * @param limits what one peer and all peers together may take
 * @param sockets buffers and batching
 * @param tls certificate for TCP and WebSocket listeners; empty = records are sealed but not in TLS
 */
public record TransportConfig(
    int shards, SessionConfig session, Limits limits, Sockets sockets, Optional<Tls> tls) {

  private static final int TURNS_PER_PACK_WINDOW = 20;
  private static final long LONG_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** The production values. */
  public static final TransportConfig DEFAULTS =
      new TransportConfig(
          Math.min(256, Runtime.getRuntime().availableProcessors()),
          SessionConfig.DEFAULTS,
          Limits.DEFAULTS,
          Sockets.DEFAULTS,
          Optional.empty());

  public TransportConfig {
    Bounds.within("shards", shards, 1, 256);
  }

  /** The least time from one turn of a busy shard to the next. */
  long turnNanos() {
    return Math.max(
        TimeUnit.MICROSECONDS.toNanos(sockets.receiveModerationMicros()),
        Math.min(session.packWindowNanos() / TURNS_PER_PACK_WINDOW, LONG_TURN_NANOS));
  }

  public TransportConfig withShards(int count) {
    return new TransportConfig(count, session, limits, sockets, tls);
  }

  public TransportConfig withSession(SessionConfig value) {
    return new TransportConfig(shards, value, limits, sockets, tls);
  }

  public TransportConfig withLimits(Limits value) {
    return new TransportConfig(shards, session, value, sockets, tls);
  }

  public TransportConfig withSockets(Sockets value) {
    return new TransportConfig(shards, session, limits, value, tls);
  }

  public TransportConfig withTls(Tls value) {
    return new TransportConfig(shards, session, limits, sockets, Optional.of(value));
  }

  /**
   * What one peer and all peers together may take. What is over a limit is refused and counted
   * ({@link DropReason}).
   *
   * @param connectionsMax sessions on the node, detached ones included; default 65,536
   * @param connectionsPerAddressMax sessions of one remote IP address; default 16,384
   * @param handshakesPerSecond proofs (each costs two X25519 operations) the node answers, with a
   *     burst of one second's worth; default 2,000
   * @param hellosPerSecond cookies each shard gives out, with a burst of one second's worth;
   *     default 20,000
   * @param messagesPerSecond messages of one peer that are handled, with a burst of two seconds'
   *     worth; the rest is answered TOO_MANY; default 1,000
   * @param bytesPerSecond the same in bytes; default 2 MiB
   * @param pendingStreamsMax TCP and WebSocket connections that have not finished their handshake;
   *     default 1,024
   * @param streamHandshakeTimeoutMillis how long they may take; default 5,000
   * @param recordMaxBytes largest record a peer may send over TCP or WebSocket; default 131,072
   * @param sendQueuesMaxBytes what all sessions' send queues may hold together; default a quarter
   *     of the heap. Beyond, unreliable messages are dropped, and a session that holds more than
   *     its even share is closed by the next reliable one
   */
  public record Limits(
      int connectionsMax,
      int connectionsPerAddressMax,
      int handshakesPerSecond,
      int hellosPerSecond,
      int messagesPerSecond,
      int bytesPerSecond,
      int pendingStreamsMax,
      int streamHandshakeTimeoutMillis,
      int recordMaxBytes,
      long sendQueuesMaxBytes) {

    /** The production values. */
    public static final Limits DEFAULTS =
        new Limits(
            65_536,
            16_384,
            2_000,
            20_000,
            1_000,
            2_097_152,
            1_024,
            5_000,
            131_072,
            Runtime.getRuntime().maxMemory() / 4);

    public Limits {
      Bounds.within("connectionsMax", connectionsMax, 1, 16_777_215);
      Bounds.within("connectionsPerAddressMax", connectionsPerAddressMax, 1, 16_777_215);
      Bounds.within("handshakesPerSecond", handshakesPerSecond, 1, 1_000_000);
      Bounds.within("hellosPerSecond", hellosPerSecond, 1, 10_000_000);
      Bounds.within("messagesPerSecond", messagesPerSecond, 1, 10_000_000);
      Bounds.within("bytesPerSecond", bytesPerSecond, 1_200, 1_000_000_000);
      Bounds.within("pendingStreamsMax", pendingStreamsMax, 1, 1_000_000);
      Bounds.within("streamHandshakeTimeoutMillis", streamHandshakeTimeoutMillis, 100, 60_000);
      Bounds.within("recordMaxBytes", recordMaxBytes, 1_200, 131_072);
      Bounds.positive("sendQueuesMaxBytes", sendQueuesMaxBytes);
    }

    public Limits withConnections(int max, int perAddressMax) {
      return new Limits(
          max,
          perAddressMax,
          handshakesPerSecond,
          hellosPerSecond,
          messagesPerSecond,
          bytesPerSecond,
          pendingStreamsMax,
          streamHandshakeTimeoutMillis,
          recordMaxBytes,
          sendQueuesMaxBytes);
    }

    public Limits withHandshakes(int proofsPerSecond, int hellosPerShardPerSecond) {
      return new Limits(
          connectionsMax,
          connectionsPerAddressMax,
          proofsPerSecond,
          hellosPerShardPerSecond,
          messagesPerSecond,
          bytesPerSecond,
          pendingStreamsMax,
          streamHandshakeTimeoutMillis,
          recordMaxBytes,
          sendQueuesMaxBytes);
    }

    public Limits withRates(int messages, int bytes) {
      return new Limits(
          connectionsMax,
          connectionsPerAddressMax,
          handshakesPerSecond,
          hellosPerSecond,
          messages,
          bytes,
          pendingStreamsMax,
          streamHandshakeTimeoutMillis,
          recordMaxBytes,
          sendQueuesMaxBytes);
    }

    public Limits withPendingStreams(int max, int timeoutMillis) {
      return new Limits(
          connectionsMax,
          connectionsPerAddressMax,
          handshakesPerSecond,
          hellosPerSecond,
          messagesPerSecond,
          bytesPerSecond,
          max,
          timeoutMillis,
          recordMaxBytes,
          sendQueuesMaxBytes);
    }

    public Limits withSendQueues(long maxBytes) {
      return new Limits(
          connectionsMax,
          connectionsPerAddressMax,
          handshakesPerSecond,
          hellosPerSecond,
          messagesPerSecond,
          bytesPerSecond,
          pendingStreamsMax,
          streamHandshakeTimeoutMillis,
          recordMaxBytes,
          maxBytes);
    }
  }

  /**
   * Buffers and batching.
   *
   * @param io how datagrams are read and written; default AUTO
   * @param socketBufferBytes kernel buffer of a UDP socket, each way; the kernel may grant less;
   *     default 4 MiB
   * @param streamBufferBytes written bytes of one stream the transport holds before it waits for
   *     the peer to read, so that the session's own queue decides what to drop; default 32 KiB
   * @param receiveModerationMicros after a shard has done something, how long it lets more arrive
   *     before it looks again: fewer wakeups against this much latency; a tenth of the pack window
   *     (at most 5 ms) if that is longer; default 1,000
   * @param handoverMaxDatagrams datagrams for another shard that wait there; default 1,024
   */
  public record Sockets(
      Io io,
      int socketBufferBytes,
      int streamBufferBytes,
      int receiveModerationMicros,
      int handoverMaxDatagrams) {

    /** How datagrams are read and written. */
    public enum Io {
      /** NATIVE where it works, else PORTABLE. */
      AUTO,
      /** Linux: recvmmsg and sendmmsg called directly, one socket a shard. */
      NATIVE,
      /** Netty's datagram channel on NIO; one socket for all shards. */
      PORTABLE
    }

    /** The production values. */
    public static final Sockets DEFAULTS = new Sockets(Io.AUTO, 4_194_304, 32_768, 1_000, 1_024);

    public Sockets {
      Bounds.within("socketBufferBytes", socketBufferBytes, 65_536, 1_073_741_824);
      Bounds.within("streamBufferBytes", streamBufferBytes, 4_096, 16_777_216);
      Bounds.within("receiveModerationMicros", receiveModerationMicros, 0, 100_000);
      Bounds.within("handoverMaxDatagrams", handoverMaxDatagrams, 1, 1_000_000);
    }

    public Sockets withSocketBufferBytes(int bytes) {
      return new Sockets(
          io, bytes, streamBufferBytes, receiveModerationMicros, handoverMaxDatagrams);
    }

    public Sockets withIo(Io value) {
      return new Sockets(
          value,
          socketBufferBytes,
          streamBufferBytes,
          receiveModerationMicros,
          handoverMaxDatagrams);
    }

    public Sockets withReceiveModerationMicros(int micros) {
      return new Sockets(io, socketBufferBytes, streamBufferBytes, micros, handoverMaxDatagrams);
    }
  }

  /**
   * TLS for TCP and WebSocket.
   *
   * @param certificateChain PEM file
   * @param privateKey PEM file, PKCS #8, without a password
   */
  public record Tls(Path certificateChain, Path privateKey) {}
}
