package dev.skein.protocol.session;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.Channel;
import java.util.concurrent.TimeUnit;

/**
 * The limits and timers of a session. The server's values for the first group travel in ACCEPT
 * (PROTOCOL §4); the rest is each side's own. Defaults are the production values.
 *
 * @param idleTimeoutMillis silence after which the session is detached
 * @param resumeTtlMillis how long a detached session is kept
 * @param maxMessageBytes largest message in either direction
 * @param receiveWindowBytes reliable bytes in flight, and the bound of reassembly (PROTOCOL §8.1)
 * @param maxAckDelayMillis how long an ack of unreliable data may wait for company
 * @param channels how many ordered and how many sequenced channels exist, 1 to 256
 * @param packWindowMillis how long small messages wait for company in a datagram or record; 0 =
 *     never. On datagrams a reliable one after a pause of this length does not wait
 * @param sendQueueMaxBytes unsent and unacknowledged message bytes held; what happens beyond is
 *     {@code slowConsumer}
 * @param unreliableTtlMillis how long an unreliable message may wait before it is dropped
 * @param reliableOverflow what happens when a reliable message finds the queue full
 * @param unreliableOverflow what happens when an unreliable message finds the queue full
 */
public record SessionConfig(
    int idleTimeoutMillis,
    int resumeTtlMillis,
    int maxMessageBytes,
    int receiveWindowBytes,
    int maxAckDelayMillis,
    int channels,
    int packWindowMillis,
    int sendQueueMaxBytes,
    int unreliableTtlMillis,
    Overflow reliableOverflow,
    Overflow unreliableOverflow) {

  /** What a full send queue does with the next message (the slow-consumer policy). */
  public enum Overflow {
    /** The oldest unsent unreliable message makes room; a reliable one is never dropped. */
    DROP_OLDEST,
    /** The new message is refused. */
    DROP_NEWEST,
    /** The session is closed with SLOW_CONSUMER. */
    DISCONNECT
  }

  /** The production values. */
  public static final SessionConfig DEFAULTS =
      new SessionConfig(
          10_000,
          30_000,
          65_536,
          262_144,
          100,
          16,
          5,
          1_048_576,
          200,
          Overflow.DISCONNECT,
          Overflow.DROP_OLDEST);

  /** The largest UDP payload either side sends. */
  public static final int MAX_DATAGRAM_BYTES = 1200;

  public SessionConfig {
    Bounds.within("idleTimeoutMillis", idleTimeoutMillis, 100, 3_600_000);
    Bounds.within("resumeTtlMillis", resumeTtlMillis, 0, 3_600_000);
    Bounds.within("maxMessageBytes", maxMessageBytes, 1_200, 65_536);
    Bounds.within("receiveWindowBytes", receiveWindowBytes, maxMessageBytes, 16_777_216);
    Bounds.within("maxAckDelayMillis", maxAckDelayMillis, 0, 1_000);
    Bounds.within("channels", channels, 1, 256);
    Bounds.within("packWindowMillis", packWindowMillis, 0, 1_000);
    Bounds.within("sendQueueMaxBytes", sendQueueMaxBytes, maxMessageBytes, 67_108_864);
    Bounds.within("unreliableTtlMillis", unreliableTtlMillis, 1, 60_000);
  }

  /** Refuses a channel that sessions do not have. */
  void requireChannel(Channel channel) {
    if (channel.id() >= channels) {
      throw new IllegalArgumentException(
          "channel " + channel.id() + " is not below the session's " + channels);
    }
  }

  /** The pack window in nanoseconds. */
  public long packWindowNanos() {
    return TimeUnit.MILLISECONDS.toNanos(packWindowMillis);
  }

  /** The same with another pack window. */
  public SessionConfig withPackWindowMillis(int millis) {
    return new SessionConfig(
        idleTimeoutMillis,
        resumeTtlMillis,
        maxMessageBytes,
        receiveWindowBytes,
        maxAckDelayMillis,
        channels,
        millis,
        sendQueueMaxBytes,
        unreliableTtlMillis,
        reliableOverflow,
        unreliableOverflow);
  }

  /** The same with other timers for silence. */
  public SessionConfig withIdle(int idleMillis, int resumeMillis) {
    return new SessionConfig(
        idleMillis,
        resumeMillis,
        maxMessageBytes,
        receiveWindowBytes,
        maxAckDelayMillis,
        channels,
        packWindowMillis,
        sendQueueMaxBytes,
        unreliableTtlMillis,
        reliableOverflow,
        unreliableOverflow);
  }
}
