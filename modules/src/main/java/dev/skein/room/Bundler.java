package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomCmd;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Merges the broadcasts, relays and announcements of a broadcast interval into one push for each
 * kind of delivery, in order. Confined to the room's shard.
 */
final class Bundler {
  /** An unreliable bundle leaves before it would need a second datagram. */
  private static final int UNRELIABLE_MAX_BYTES = 1_100;

  private final int room;
  private final int intervalMillis;
  private final Audience audience;
  private final Map<Channel.Kind, Bundle> bundles = new EnumMap<>(Channel.Kind.class);
  private long flushAtMillis = Long.MAX_VALUE;

  Bundler(int room, RoomOptions options, Audience audience) {
    this.room = room;
    this.intervalMillis = options.broadcastIntervalMillis();
    this.audience = audience;
    for (Channel.Kind kind : Channel.Kind.values()) {
      int maxBytes =
          kind.reliable()
              ? options.bundleMaxBytes()
              : Math.min(UNRELIABLE_MAX_BYTES, options.bundleMaxBytes());
      bundles.put(kind, new Bundle(maxBytes));
    }
  }

  /** Adds one message; leaves at once when its bundle is full. */
  void add(int head, byte[] data, int at, int length, Channel channel, long nowMillis) {
    Bundle bundle = java.util.Objects.requireNonNull(bundles.get(channel.kind()));
    if (bundle.out != null && bundle.out.length() + length > bundle.maxBytes) {
      bundle.flush();
    }
    if (flushAtMillis == Long.MAX_VALUE) {
      flushAtMillis = nowMillis + intervalMillis;
    }
    bundle.add(head, data, at, length, channel);
  }

  /** Whether something reliable waits. */
  boolean holdsReliable() {
    return bundles.values().stream()
        .anyMatch(bundle -> bundle.out != null && bundle.channel.kind().reliable());
  }

  long nextDeadlineMillis() {
    return flushAtMillis;
  }

  /** The end of the interval, or something whose place in the order must be kept. */
  void flush() {
    if (flushAtMillis == Long.MAX_VALUE) {
      return;
    }
    flushAtMillis = Long.MAX_VALUE;
    bundles.values().forEach(Bundle::flush);
  }

  /** Messages of one kind of delivery that wait for the interval's end. */
  private final class Bundle {
    private final int maxBytes;
    private Channel channel = Channel.UNRELIABLE;
    private @Nullable PayloadWriter out;

    Bundle(int maxBytes) {
      this.maxBytes = maxBytes;
    }

    void add(int head, byte[] data, int at, int length, Channel over) {
      if (out == null) {
        out = RoomPush.start(room);
        channel = over;
      }
      out.varint(head).varint(length).raw(data, at, length);
    }

    void flush() {
      if (out != null) {
        byte[] message = RoomPush.finish(out, RoomCmd.BUNDLE);
        out = null;
        audience.toAll(message, channel);
      }
    }
  }
}
