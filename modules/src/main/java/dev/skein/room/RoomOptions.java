package dev.skein.room;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomWire;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * How a room is made. Names, defaults and units are those of the configuration's {@code
 * modules.room}. Immutable.
 *
 * @param type a free name, at most 64 bytes; finds and random joins go by it; default "room"
 * @param maxMembers capacity, 2 to 1000; default 64
 * @param registered whether finds and random joins by type see the room; default false
 * @param allowEmpty whether it outlives its last member by {@code emptyTtlMillis}; default false
 * @param emptyTtlMillis how long it stays without members, also before the first one comes; 0 is
 *     for ever; default 60,000
 * @param broadcastIntervalMillis broadcasts, relays and announcements within this time travel as
 *     one push, 0 to 10,000; default 0: each at once
 * @param bundleMaxBytes such a push leaves earlier when it reaches this size; default 16,384
 * @param broadcastMaxBytes the largest data of a broadcast, relay, message or announcement; default
 *     61,440
 * @param messageMaxBytes the largest join, leave, kick or welcome message; default 1,024
 * @param channel the ordered (and sequenced) channel of everything the room sends, 0 to 7; rooms on
 *     different channels do not hold each other up; default 0
 * @param reservationTtlMillis how long a reserved place is kept if nothing else is said; default
 *     30,000
 * @param reservationsMaxCount reserved places at a time, 0 to 1000; default 1,000
 * @param syncProperties whether members are told of each change of a property; default true
 * @param propertiesMaxCount properties at a time; default 64
 * @param propertyMaxBytes content of one property; default 1,024
 * @param objectsMaxCount shared objects at a time; default 1,024
 * @param objectMaxBytes content of one object; default 1,024
 * @param objectSyncIntervalMillis changes of objects within this time travel together, only the
 *     last of each key; default 0: each at once
 * @param chatHistoryMaxCount lines of chat that are kept; default 100
 * @param chatMaxBytes the longest line; default 1,024
 * @param ticksMaxCount timers of {@link Room#every} at a time; default 16
 * @param backups nodes besides the room's own that keep all it is and go on with it if its node
 *     dies, 0 to 3, as far as there are other nodes; default 0. With any, nothing is told to
 *     anybody before they have it
 * @param awayTtlMillis how long a room with backups keeps the seats of members whose node was lost,
 *     0 to 25,000; default 15,000
 * @param merge what {@code Combine.MERGE} does: (old, new) to the value that stays; runs on the
 *     room's shard
 */
public record RoomOptions(
    String type,
    int maxMembers,
    boolean registered,
    boolean allowEmpty,
    long emptyTtlMillis,
    int broadcastIntervalMillis,
    int bundleMaxBytes,
    int broadcastMaxBytes,
    int messageMaxBytes,
    int channel,
    long reservationTtlMillis,
    int reservationsMaxCount,
    boolean syncProperties,
    int propertiesMaxCount,
    int propertyMaxBytes,
    int objectsMaxCount,
    int objectMaxBytes,
    int objectSyncIntervalMillis,
    int chatHistoryMaxCount,
    int chatMaxBytes,
    int ticksMaxCount,
    int backups,
    long awayTtlMillis,
    Optional<BinaryOperator<Value>> merge) {

  /** The fewest members a room may be made for. */
  public static final int MEMBERS_MIN_COUNT = 2;

  /** The most members a room may be made for. */
  public static final int MEMBERS_MAX_COUNT = 1000;

  /** The most backups of a room. */
  public static final int BACKUPS_MAX_COUNT = 3;

  /** What a member misses meanwhile is kept for not much longer. */
  static final long AWAY_TTL_MAX_MILLIS = 25_000;

  /** A year: the longest time of an option. */
  static final long TIME_MAX_MILLIS = 365L * 24 * 3600 * 1000;

  public RoomOptions {
    if (type.getBytes(StandardCharsets.UTF_8).length > RoomWire.TYPE_MAX_BYTES) {
      throw new IllegalArgumentException(
          "type is longer than " + RoomWire.TYPE_MAX_BYTES + " bytes");
    }
    Bounds.within("maxMembers", maxMembers, MEMBERS_MIN_COUNT, MEMBERS_MAX_COUNT);
    Bounds.within("emptyTtlMillis", emptyTtlMillis, 0, TIME_MAX_MILLIS);
    Bounds.within("broadcastIntervalMillis", broadcastIntervalMillis, 0, 10_000);
    Bounds.within("bundleMaxBytes", bundleMaxBytes, 64, 61_440);
    Bounds.within("broadcastMaxBytes", broadcastMaxBytes, 0, RoomWire.MAX_BYTES);
    Bounds.within("messageMaxBytes", messageMaxBytes, 0, 32_768);
    Bounds.within("channel", channel, 0, 7);
    Bounds.within("reservationTtlMillis", reservationTtlMillis, 1, TIME_MAX_MILLIS);
    Bounds.within("reservationsMaxCount", reservationsMaxCount, 0, MEMBERS_MAX_COUNT);
    Bounds.within("propertiesMaxCount", propertiesMaxCount, 0, RoomWire.LIST_MAX_COUNT);
    Bounds.within("propertyMaxBytes", propertyMaxBytes, 0, 32_768);
    Bounds.within("objectsMaxCount", objectsMaxCount, 0, 100_000);
    Bounds.within("objectMaxBytes", objectMaxBytes, 0, 32_768);
    Bounds.within("objectSyncIntervalMillis", objectSyncIntervalMillis, 0, 10_000);
    Bounds.within("chatHistoryMaxCount", chatHistoryMaxCount, 0, RoomWire.LIST_MAX_COUNT);
    Bounds.within("chatMaxBytes", chatMaxBytes, 0, 16_384);
    Bounds.within("ticksMaxCount", ticksMaxCount, 0, 1000);
    Bounds.within("backups", backups, 0, BACKUPS_MAX_COUNT);
    Bounds.within("awayTtlMillis", awayTtlMillis, 0, AWAY_TTL_MAX_MILLIS);
  }

  /** The defaults with this type. */
  public static RoomOptions of(String type) {
    return builder().type(type).build();
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these options. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Collects options; {@link #build} checks them. Confined to one thread. */
  public static final class Builder {
    private String type = "room";
    private int maxMembers = 64;
    private boolean registered;
    private boolean allowEmpty;
    private long emptyTtlMillis = 60_000;
    private int broadcastIntervalMillis;
    private int bundleMaxBytes = 16_384;
    private int broadcastMaxBytes = 61_440;
    private int messageMaxBytes = 1_024;
    private int channel;
    private long reservationTtlMillis = 30_000;
    private int reservationsMaxCount = MEMBERS_MAX_COUNT;
    private boolean syncProperties = true;
    private int propertiesMaxCount = 64;
    private int propertyMaxBytes = 1_024;
    private int objectsMaxCount = 1_024;
    private int objectMaxBytes = 1_024;
    private int objectSyncIntervalMillis;
    private int chatHistoryMaxCount = 100;
    private int chatMaxBytes = 1_024;
    private int ticksMaxCount = 16;
    private int backups;
    private long awayTtlMillis = 15_000;
    private Optional<BinaryOperator<Value>> merge = Optional.empty();

    private Builder() {}

    private Builder(RoomOptions from) {
      type = from.type;
      maxMembers = from.maxMembers;
      registered = from.registered;
      allowEmpty = from.allowEmpty;
      emptyTtlMillis = from.emptyTtlMillis;
      broadcastIntervalMillis = from.broadcastIntervalMillis;
      bundleMaxBytes = from.bundleMaxBytes;
      broadcastMaxBytes = from.broadcastMaxBytes;
      messageMaxBytes = from.messageMaxBytes;
      channel = from.channel;
      reservationTtlMillis = from.reservationTtlMillis;
      reservationsMaxCount = from.reservationsMaxCount;
      syncProperties = from.syncProperties;
      propertiesMaxCount = from.propertiesMaxCount;
      propertyMaxBytes = from.propertyMaxBytes;
      objectsMaxCount = from.objectsMaxCount;
      objectMaxBytes = from.objectMaxBytes;
      objectSyncIntervalMillis = from.objectSyncIntervalMillis;
      chatHistoryMaxCount = from.chatHistoryMaxCount;
      chatMaxBytes = from.chatMaxBytes;
      ticksMaxCount = from.ticksMaxCount;
      backups = from.backups;
      awayTtlMillis = from.awayTtlMillis;
      merge = from.merge;
    }

    /** See {@link RoomOptions#type}. */
    public Builder type(String type) {
      this.type = type;
      return this;
    }

    /** See {@link RoomOptions#maxMembers}. */
    public Builder maxMembers(int maxMembers) {
      this.maxMembers = maxMembers;
      return this;
    }

    /** See {@link RoomOptions#registered}. */
    public Builder registered(boolean registered) {
      this.registered = registered;
      return this;
    }

    /** See {@link RoomOptions#allowEmpty}. */
    public Builder allowEmpty(boolean allowEmpty) {
      this.allowEmpty = allowEmpty;
      return this;
    }

    /** See {@link RoomOptions#emptyTtlMillis}. */
    public Builder emptyTtlMillis(long emptyTtlMillis) {
      this.emptyTtlMillis = emptyTtlMillis;
      return this;
    }

    /** See {@link RoomOptions#broadcastIntervalMillis}. */
    public Builder broadcastIntervalMillis(int broadcastIntervalMillis) {
      this.broadcastIntervalMillis = broadcastIntervalMillis;
      return this;
    }

    /** See {@link RoomOptions#bundleMaxBytes}. */
    public Builder bundleMaxBytes(int bundleMaxBytes) {
      this.bundleMaxBytes = bundleMaxBytes;
      return this;
    }

    /** See {@link RoomOptions#broadcastMaxBytes}. */
    public Builder broadcastMaxBytes(int broadcastMaxBytes) {
      this.broadcastMaxBytes = broadcastMaxBytes;
      return this;
    }

    /** See {@link RoomOptions#messageMaxBytes}. */
    public Builder messageMaxBytes(int messageMaxBytes) {
      this.messageMaxBytes = messageMaxBytes;
      return this;
    }

    /** See {@link RoomOptions#channel}. */
    public Builder channel(int channel) {
      this.channel = channel;
      return this;
    }

    /** See {@link RoomOptions#reservationTtlMillis}. */
    public Builder reservationTtlMillis(long reservationTtlMillis) {
      this.reservationTtlMillis = reservationTtlMillis;
      return this;
    }

    /** See {@link RoomOptions#reservationsMaxCount}. */
    public Builder reservationsMaxCount(int reservationsMaxCount) {
      this.reservationsMaxCount = reservationsMaxCount;
      return this;
    }

    /** See {@link RoomOptions#syncProperties}. */
    public Builder syncProperties(boolean syncProperties) {
      this.syncProperties = syncProperties;
      return this;
    }

    /** See {@link RoomOptions#propertiesMaxCount}. */
    public Builder propertiesMaxCount(int propertiesMaxCount) {
      this.propertiesMaxCount = propertiesMaxCount;
      return this;
    }

    /** See {@link RoomOptions#propertyMaxBytes}. */
    public Builder propertyMaxBytes(int propertyMaxBytes) {
      this.propertyMaxBytes = propertyMaxBytes;
      return this;
    }

    /** See {@link RoomOptions#objectsMaxCount}. */
    public Builder objectsMaxCount(int objectsMaxCount) {
      this.objectsMaxCount = objectsMaxCount;
      return this;
    }

    /** See {@link RoomOptions#objectMaxBytes}. */
    public Builder objectMaxBytes(int objectMaxBytes) {
      this.objectMaxBytes = objectMaxBytes;
      return this;
    }

    /** See {@link RoomOptions#objectSyncIntervalMillis}. */
    public Builder objectSyncIntervalMillis(int objectSyncIntervalMillis) {
      this.objectSyncIntervalMillis = objectSyncIntervalMillis;
      return this;
    }

    /** See {@link RoomOptions#chatHistoryMaxCount}. */
    public Builder chatHistoryMaxCount(int chatHistoryMaxCount) {
      this.chatHistoryMaxCount = chatHistoryMaxCount;
      return this;
    }

    /** See {@link RoomOptions#chatMaxBytes}. */
    public Builder chatMaxBytes(int chatMaxBytes) {
      this.chatMaxBytes = chatMaxBytes;
      return this;
    }

    /** See {@link RoomOptions#ticksMaxCount}. */
    public Builder ticksMaxCount(int ticksMaxCount) {
      this.ticksMaxCount = ticksMaxCount;
      return this;
    }

    /** See {@link RoomOptions#backups}. */
    public Builder backups(int backups) {
      this.backups = backups;
      return this;
    }

    /** See {@link RoomOptions#awayTtlMillis}. */
    public Builder awayTtlMillis(long awayTtlMillis) {
      this.awayTtlMillis = awayTtlMillis;
      return this;
    }

    /** See {@link RoomOptions#merge}. */
    public Builder merge(BinaryOperator<Value> merge) {
      this.merge = Optional.of(merge);
      return this;
    }

    /**
     * Checks and makes the options.
     *
     * @throws IllegalArgumentException if one is out of its range; the message names it
     */
    public RoomOptions build() {
      return new RoomOptions(
          type,
          maxMembers,
          registered,
          allowEmpty,
          emptyTtlMillis,
          broadcastIntervalMillis,
          bundleMaxBytes,
          broadcastMaxBytes,
          messageMaxBytes,
          channel,
          reservationTtlMillis,
          reservationsMaxCount,
          syncProperties,
          propertiesMaxCount,
          propertyMaxBytes,
          objectsMaxCount,
          objectMaxBytes,
          objectSyncIntervalMillis,
          chatHistoryMaxCount,
          chatMaxBytes,
          ticksMaxCount,
          backups,
          awayTtlMillis,
          merge);
    }
  }
}
