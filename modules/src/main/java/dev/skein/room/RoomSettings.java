package dev.skein.room;

import dev.skein.module.SettingValue;
import dev.skein.protocol.Bounds;
import dev.skein.server.config.ConfigException;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What holds for all rooms of a node: the configuration's {@code modules.room}. The other names
 * there are those of {@link RoomOptions} and become the defaults of new rooms. Immutable.
 *
 * @param exposeCommands whether clients may use the built-in commands; default true
 * @param roomsMaxCount rooms of the node at a time; default 20,000
 * @param maxRoomsPerUser rooms a user may be in at a time; default 16
 * @param findMaxCount rooms in the answer to one find of a client; default 100
 * @param clientTtlMaxMillis the longest {@code emptyTtlMillis} a client may ask for; default
 *     600,000
 * @param remoteJoin what happens when a user joins a room of another node; default RELAY
 * @param defaults what a new room is made with unless something else is said
 */
public record RoomSettings(
    boolean exposeCommands,
    int roomsMaxCount,
    int maxRoomsPerUser,
    int findMaxCount,
    long clientTtlMaxMillis,
    RemoteJoin remoteJoin,
    RoomOptions defaults) {

  /** The production values. */
  public static final RoomSettings DEFAULT =
      new RoomSettings(
          true, 20_000, 16, 100, 600_000, RemoteJoin.RELAY, RoomOptions.builder().build());

  public RoomSettings {
    Bounds.positive("roomsMaxCount", roomsMaxCount);
    Bounds.positive("maxRoomsPerUser", maxRoomsPerUser);
    Bounds.positive("findMaxCount", findMaxCount);
    Bounds.positive("clientTtlMaxMillis", clientTtlMaxMillis);
  }

  /** These settings with another answer to whether clients may use the built-in commands. */
  public RoomSettings withExposeCommands(boolean exposed) {
    return with(draft -> draft.exposeCommands = exposed);
  }

  /** These settings with other defaults for new rooms. */
  public RoomSettings withDefaults(RoomOptions options) {
    return with(draft -> draft.room = options.toBuilder());
  }

  /** These settings with another limit of rooms of the node. */
  public RoomSettings withRoomsMaxCount(int count) {
    return with(draft -> draft.roomsMaxCount = count);
  }

  /** These settings with another limit of rooms of one user. */
  public RoomSettings withMaxRoomsPerUser(int count) {
    return with(draft -> draft.maxRoomsPerUser = count);
  }

  /** These settings with another way to join rooms of other nodes. */
  public RoomSettings withRemoteJoin(RemoteJoin way) {
    return with(draft -> draft.remoteJoin = way);
  }

  /**
   * These settings overridden by configuration.
   *
   * @throws ConfigException if a key is unknown or a value of the wrong type or out of its range
   */
  public RoomSettings overriddenBy(Map<String, String> configuration) {
    return SettingValue.applyAll(
        "room", configuration, this, (before, value) -> before.with(draft -> draft.set(value)));
  }

  private RoomSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /** Settings that can be changed; confined to one thread. */
  private static final class Draft {
    private boolean exposeCommands;
    private int roomsMaxCount;
    private int maxRoomsPerUser;
    private int findMaxCount;
    private long clientTtlMaxMillis;
    private RemoteJoin remoteJoin;
    private RoomOptions.Builder room;

    Draft(RoomSettings from) {
      exposeCommands = from.exposeCommands;
      roomsMaxCount = from.roomsMaxCount;
      maxRoomsPerUser = from.maxRoomsPerUser;
      findMaxCount = from.findMaxCount;
      clientTtlMaxMillis = from.clientTtlMaxMillis;
      remoteJoin = from.remoteJoin;
      room = from.defaults.toBuilder();
    }

    RoomSettings settings() {
      return new RoomSettings(
          exposeCommands,
          roomsMaxCount,
          maxRoomsPerUser,
          findMaxCount,
          clientTtlMaxMillis,
          remoteJoin,
          room.build());
    }

    void set(SettingValue value) {
      switch (value.key()) {
        case "exposeCommands" -> exposeCommands = value.bool();
        case "roomsMaxCount" -> roomsMaxCount = value.number();
        case "maxRoomsPerUser" -> maxRoomsPerUser = value.number();
        case "findMaxCount" -> findMaxCount = value.number();
        case "clientTtlMaxMillis" -> clientTtlMaxMillis = value.number();
        case "remoteJoin" -> remoteJoin = value.oneOf(RemoteJoin.class);
        case "type" -> room.type(value.text());
        case "maxMembers" -> room.maxMembers(value.number());
        case "registered" -> room.registered(value.bool());
        case "allowEmpty" -> room.allowEmpty(value.bool());
        case "emptyTtlMillis" -> room.emptyTtlMillis(value.number());
        case "broadcastIntervalMillis" -> room.broadcastIntervalMillis(value.number());
        case "bundleMaxBytes" -> room.bundleMaxBytes(value.number());
        case "broadcastMaxBytes" -> room.broadcastMaxBytes(value.number());
        case "messageMaxBytes" -> room.messageMaxBytes(value.number());
        case "channel" -> room.channel(value.number());
        case "reservationTtlMillis" -> room.reservationTtlMillis(value.number());
        case "reservationsMaxCount" -> room.reservationsMaxCount(value.number());
        case "syncProperties" -> room.syncProperties(value.bool());
        case "propertiesMaxCount" -> room.propertiesMaxCount(value.number());
        case "propertyMaxBytes" -> room.propertyMaxBytes(value.number());
        case "objectsMaxCount" -> room.objectsMaxCount(value.number());
        case "objectMaxBytes" -> room.objectMaxBytes(value.number());
        case "objectSyncIntervalMillis" -> room.objectSyncIntervalMillis(value.number());
        case "chatHistoryMaxCount" -> room.chatHistoryMaxCount(value.number());
        case "chatMaxBytes" -> room.chatMaxBytes(value.number());
        case "ticksMaxCount" -> room.ticksMaxCount(value.number());
        case "backups" -> room.backups(value.number());
        case "awayTtlMillis" -> room.awayTtlMillis(value.number());
        default -> throw value.unknown();
      }
    }
  }
}
