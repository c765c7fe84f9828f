package dev.skein.room;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.record.RecordCodec;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.RoomWire;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * Everything a room is, so that another node can go on with it. Times are counted from the moment
 * the copy was made, because nodes' clocks have nothing to do with each other.
 */
record RoomCopy(
    Charter charter,
    List<Place> places,
    List<Way> ways,
    List<Property> properties,
    List<Thing> objects,
    List<ChatLine> chat,
    List<Reservation> reservations) {
  private static final RecordCodec<RoomCopy> CODEC = RecordCodec.of(RoomCopy.class);

  /**
   * What there is once.
   *
   * @param number of the room on its members' wire, wherever it lives
   * @param createdAtMillis Unix time
   * @param used whether it has had members
   * @param emptyForMillis how long it has had none
   * @param owner the owner's number; 0: none
   * @param lastNumber the last number that was given to a member
   */
  record Charter(
      String id,
      int number,
      Terms terms,
      boolean registered,
      long createdAtMillis,
      boolean used,
      long emptyForMillis,
      int owner,
      int lastNumber,
      long lastChatId) {}

  /** {@link RoomOptions} as far as they travel: a merge function is every node's own. */
  record Terms(
      String type,
      int maxMembers,
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
      long awayTtlMillis) {

    static Terms of(RoomOptions room) {
      return new Terms(
          room.type(),
          room.maxMembers(),
          room.allowEmpty(),
          room.emptyTtlMillis(),
          room.broadcastIntervalMillis(),
          room.bundleMaxBytes(),
          room.broadcastMaxBytes(),
          room.messageMaxBytes(),
          room.channel(),
          room.reservationTtlMillis(),
          room.reservationsMaxCount(),
          room.syncProperties(),
          room.propertiesMaxCount(),
          room.propertyMaxBytes(),
          room.objectsMaxCount(),
          room.objectMaxBytes(),
          room.objectSyncIntervalMillis(),
          room.chatHistoryMaxCount(),
          room.chatMaxBytes(),
          room.ticksMaxCount(),
          room.backups(),
          room.awayTtlMillis());
    }

    RoomOptions options(boolean registered, Optional<BinaryOperator<Value>> merge) {
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

  /**
   * A member.
   *
   * @param moves how often it has changed nodes
   * @param node the mesh address of the node its user is connected to
   */
  record Place(int member, long joinedAtMillis, int moves, String node, Visitor visitor) {}

  /**
   * A line to a node with members.
   *
   * @param heard the last that the room has heard from there
   * @param since the first {@link Frame} that may be for this line; 0 without backups
   */
  record Way(String node, long line, long heard, long since) {}

  /** A property and its encoded value. */
  @SuppressWarnings("ArrayRecordComponent")
  record Property(String key, byte[] value) {
    Property(String key, Value value) {
      this(key, bytes(value));
    }

    Value decoded() {
      return RoomCopy.value(value);
    }
  }

  /**
   * An object.
   *
   * @param leftMillis how long it stays, 0: for ever
   * @param link the number of the member it goes with; 0: none
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Thing(String key, byte[] value, long leftMillis, int link) {
    Thing(String key, Value value, long leftMillis, int link) {
      this(key, bytes(value), leftMillis, link);
    }

    Value decoded() {
      return RoomCopy.value(value);
    }
  }

  /** A place that is kept for so long. */
  record Reservation(String uid, long leftMillis) {}

  byte[] encode() {
    return CODEC.encode(this);
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws dev.skein.protocol.record.MalformedRecordException if it is something else
   */
  static RoomCopy decode(byte[] bytes) {
    return CODEC.decode(bytes);
  }

  private static byte[] bytes(Value value) {
    return new PayloadWriter().value(value).toBytes();
  }

  private static Value value(byte[] bytes) {
    return new PayloadReader(bytes).value(RoomWire.MAX_BYTES);
  }
}
