package dev.skein.notifier;

import dev.skein.protocol.Bounds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A message to every user of the cluster.
 *
 * @param id what makes it one and the same: a user gets an id once, however often it is said; 1 to
 *     128 bytes
 * @param name for the game's own use and the logs; at most 128 bytes
 * @param ver of the PUSH that users get, 2 to 255
 * @param cmd of the PUSH that users get, 0 to 65,535
 * @param message the payload of the PUSH, at most 16,384 bytes
 * @param ttl how long users who connect later still get it; below 5 s counts as 5 s, at most 30
 *     days
 */
@SuppressWarnings("ArrayRecordComponent")
public record Notification(String id, String name, int ver, int cmd, byte[] message, Duration ttl) {
  static final int ID_MAX_BYTES = 128;
  static final int NAME_MAX_BYTES = 128;
  static final int MESSAGE_MAX_BYTES = 16_384;

  /** The nodes need some time to say it. */
  static final long TTL_MIN_MILLIS = 5_000;

  private static final Duration TTL_MAX = Duration.ofDays(30);
  private static final int GAMES_FIRST_VER = 2;

  public Notification {
    Bounds.within("bytes of id", utf8Bytes(id), 1, ID_MAX_BYTES);
    Bounds.within("bytes of name", utf8Bytes(name), 0, NAME_MAX_BYTES);
    Bounds.within("ver", ver, GAMES_FIRST_VER, 0xff);
    Bounds.within("cmd", cmd, 0, 0xffff);
    Bounds.within("bytes of message", message.length, 0, MESSAGE_MAX_BYTES);
    if (ttl.isNegative() || ttl.compareTo(TTL_MAX) > 0) {
      throw new IllegalArgumentException("ttl " + ttl + " is not within 0 to " + TTL_MAX);
    }
  }

  private static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
