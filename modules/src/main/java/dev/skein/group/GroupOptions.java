package dev.skein.group;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.group.GroupWire;
import java.nio.charset.StandardCharsets;

/**
 * How a group is. Immutable; the same on every node, whoever made it.
 *
 * @param type a free name: hooks and random joins go by it; 1 to 64 bytes; default {@code group}
 * @param registered whether random joins find it; default false
 * @param allowEmpty whether it outlives its last member; default false
 * @param emptyTtlMillis how long it stays without members, if it may or nobody came yet; 0 is for
 *     ever; default 60,000
 * @param broadcastMaxBytes the largest broadcast or announcement; default 61,440
 * @param messageMaxBytes the largest message of a join or leave; default 1,024
 * @param channel the ordered channel its reliable news travel on, 0 to 7; default 0
 * @param tickIntervalMillis how often {@link GroupHooks#tick} runs, in the whole cluster; 0 is
 *     never; default 0
 */
public record GroupOptions(
    String type,
    boolean registered,
    boolean allowEmpty,
    long emptyTtlMillis,
    int broadcastMaxBytes,
    int messageMaxBytes,
    int channel,
    long tickIntervalMillis) {
  private static final int CHANNEL_MAX = 7;
  private static final int BROADCAST_LIMIT_BYTES = 1 << 20;

  public GroupOptions {
    int typeBytes = type.getBytes(StandardCharsets.UTF_8).length;
    if (typeBytes < 1 || typeBytes > GroupWire.TYPE_MAX_BYTES) {
      throw new IllegalArgumentException(
          "type '" + type + "' is not 1 to " + GroupWire.TYPE_MAX_BYTES + " bytes");
    }
    Bounds.within("emptyTtlMillis", emptyTtlMillis, 0, Long.MAX_VALUE >>> 1);
    Bounds.within("broadcastMaxBytes", broadcastMaxBytes, 0, BROADCAST_LIMIT_BYTES);
    Bounds.within("messageMaxBytes", messageMaxBytes, 0, BROADCAST_LIMIT_BYTES);
    Bounds.within("channel", channel, 0, CHANNEL_MAX);
    Bounds.within("tickIntervalMillis", tickIntervalMillis, 0, Long.MAX_VALUE >>> 1);
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts from these options. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.type = type;
    builder.registered = registered;
    builder.allowEmpty = allowEmpty;
    builder.emptyTtlMillis = emptyTtlMillis;
    builder.broadcastMaxBytes = broadcastMaxBytes;
    builder.messageMaxBytes = messageMaxBytes;
    builder.channel = channel;
    builder.tickIntervalMillis = tickIntervalMillis;
    return builder;
  }

  /** Collects options. One thread. */
  public static final class Builder {
    private String type = "group";
    private boolean registered;
    private boolean allowEmpty;
    private long emptyTtlMillis = 60_000;
    private int broadcastMaxBytes = 61_440;
    private int messageMaxBytes = 1_024;
    private int channel;
    private long tickIntervalMillis;

    private Builder() {}

    /** See {@link GroupOptions#type}. */
    public Builder type(String value) {
      type = value;
      return this;
    }

    /** See {@link GroupOptions#registered}. */
    public Builder registered(boolean value) {
      registered = value;
      return this;
    }

    /** See {@link GroupOptions#allowEmpty}. */
    public Builder allowEmpty(boolean value) {
      allowEmpty = value;
      return this;
    }

    /** See {@link GroupOptions#emptyTtlMillis}. */
    public Builder emptyTtlMillis(long value) {
      emptyTtlMillis = value;
      return this;
    }

    /** See {@link GroupOptions#broadcastMaxBytes}. */
    public Builder broadcastMaxBytes(int value) {
      broadcastMaxBytes = value;
      return this;
    }

    /** See {@link GroupOptions#messageMaxBytes}. */
    public Builder messageMaxBytes(int value) {
      messageMaxBytes = value;
      return this;
    }

    /** See {@link GroupOptions#channel}. */
    public Builder channel(int value) {
      channel = value;
      return this;
    }

    /** See {@link GroupOptions#tickIntervalMillis}. */
    public Builder tickIntervalMillis(long value) {
      tickIntervalMillis = value;
      return this;
    }

    /**
     * Checks and makes the options.
     *
     * @throws IllegalArgumentException if one is out of its range; the message names it
     */
    public GroupOptions build() {
      return new GroupOptions(
          type,
          registered,
          allowEmpty,
          emptyTtlMillis,
          broadcastMaxBytes,
          messageMaxBytes,
          channel,
          tickIntervalMillis);
    }
  }
}
