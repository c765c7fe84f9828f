package dev.skein.cli.bot;

import dev.skein.client.Transport;
import dev.skein.protocol.Bounds;
import java.util.List;

/**
 * What the bots of a run do.
 *
 * @param scene where they speak
 * @param endpoints base addresses of the HTTP roles of nodes, tried in turn
 * @param transports what they connect over, in turn
 * @param bots how many
 * @param roomSize how many share a room or group; the last has the rest
 * @param ratePerSecond messages a second of each bot
 * @param sizeBytes payload of a message
 * @param seconds how long they speak
 * @param reliable reliable-ordered, or unreliable
 */
public record BotPlan(
    Scene scene,
    List<String> endpoints,
    List<Transport> transports,
    int bots,
    int roomSize,
    double ratePerSecond,
    int sizeBytes,
    int seconds,
    boolean reliable) {

  /** Where the bots speak. */
  public enum Scene {
    /** To the server, which answers with the same. */
    ECHO,
    /** To the others in their room. */
    ROOM,
    /**
     * The same, but every message is acknowledged, everybody hears its own, and rooms keep sums.
     */
    ROOM_CHECK,
    /** To everyone in their group, themselves included. */
    GROUP,
    /** To one other, by direct messages. */
    DM,
    /** To everyone in their session, themselves included. */
    SESSION,
    /** To a key of a storage, which they read again. */
    DIVE
  }

  /** Largest number of bots of one process. */
  public static final int MAX_BOTS = 20_000;

  /** Longest run, a day. */
  public static final int MAX_SECONDS = 86_400;

  static final int MAX_RATE_PER_SECOND = 1_000;
  static final int MAX_SIZE_BYTES = 60_000;
  static final int MAX_ROOM_SIZE = 1_000;

  public BotPlan {
    endpoints = List.copyOf(endpoints);
    transports = List.copyOf(transports);
    Bounds.within("--bots", bots, 1, MAX_BOTS);
    Bounds.within("--room-size", roomSize, 2, MAX_ROOM_SIZE);
    Bounds.within("--size", sizeBytes, Utterance.HEADER_BYTES, MAX_SIZE_BYTES);
    Bounds.within("--seconds", seconds, 1, MAX_SECONDS);
    if (!(ratePerSecond > 0 && ratePerSecond <= MAX_RATE_PER_SECOND)) {
      throw new IllegalArgumentException(
          "--rate " + ratePerSecond + " is not above 0 and at most " + MAX_RATE_PER_SECOND);
    }
    if (transports.isEmpty()) {
      throw new IllegalArgumentException("--transport names nothing");
    }
  }

  /** With one entry. */
  public BotPlan(
      Scene scene,
      String endpoint,
      List<Transport> transports,
      int bots,
      int roomSize,
      double ratePerSecond,
      int sizeBytes,
      int seconds,
      boolean reliable) {
    this(
        scene,
        List.of(endpoint),
        transports,
        bots,
        roomSize,
        ratePerSecond,
        sizeBytes,
        seconds,
        reliable);
  }

  /** The same against another entry. */
  BotPlan against(String otherEndpoint) {
    return new BotPlan(
        scene,
        otherEndpoint,
        transports,
        bots,
        roomSize,
        ratePerSecond,
        sizeBytes,
        seconds,
        reliable);
  }

  /** How often every bot speaks. */
  long rounds() {
    return Math.max(1, Math.round(seconds * ratePerSecond));
  }
}
