package dev.skein.server;

import dev.skein.protocol.Channel;
import dev.skein.protocol.session.FrameBatch;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A connected, authenticated client. Any thread may call; calls from other threads than the user's
 * shard are handed over to it, in order.
 */
public interface User {

  /** Who: 1 to 128 bytes of UTF-8, unique in the cluster. */
  String uid();

  /** This session: 32 hex digits. Survives a resume, not a new login. */
  String sid();

  /** What the client connected over. */
  Role role();

  /** Typed values the game keeps with the user; thread-safe. */
  UserData data();

  /** The shard the user lives on. */
  Shard shard();

  /** Sends a PUSH reliably on ordered channel 0. The array must not be changed afterwards. */
  default void push(int ver, int cmd, byte[] payload) {
    push(ver, cmd, payload, Channel.ordered(0));
  }

  /**
   * Sends a PUSH. What happens when the user reads too slowly is the slow-consumer policy of the
   * channel's kind. The array must not be changed afterwards.
   *
   * @throws IllegalArgumentException if ver, cmd or the payload's size is out of range
   */
  void push(int ver, int cmd, byte[] payload, Channel channel);

  /**
   * Sends an encoded message ({@link Messages#push}) that may be shared by many users: the way to
   * broadcast. With a conflation key (not 0) it replaces an unsent unreliable one of the same key.
   */
  void send(byte[] message, Channel channel, long conflationKey);

  /**
   * Sends encoded messages that many users get: they leave at once, in one datagram. {@link Crowd}
   * makes such batches.
   */
  default void send(FrameBatch batch) {
    batch.forEach(message -> send(message, Channel.UNRELIABLE, 0));
  }

  /** Ends the user's session; the client is told code and text. */
  void disconnect(int code, String text);

  /** Smoothed round-trip time; zero before the first measurement. */
  Duration rtt();

  /** Where the client's packets come from now. */
  InetSocketAddress remoteAddress();

  /** False once the session has ended (not while it may still resume). */
  boolean isConnected();
}
