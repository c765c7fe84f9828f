package dev.skein.room;

import dev.skein.server.config.ConfigException;
import java.util.Locale;
import java.util.Map;

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
 * @param defaults what a new room is made with unless something else is said
 */
public record RoomSettings(
    boolean exposeCommands,
    int roomsMaxCount,
    int maxRoomsPerUser,
    int findMaxCount,
    long clientTtlMaxMillis,
    RoomOptions defaults) {

  /** The production values. */
  public static final RoomSettings DEFAULT =
      new RoomSettings(true, 20_000, 16, 100, 600_000, RoomOptions.builder().build());

  public RoomSettings {
    positive("roomsMaxCount", roomsMaxCount);
    positive("maxRoomsPerUser", maxRoomsPerUser);
    positive("findMaxCount", findMaxCount);
    positive("clientTtlMaxMillis", clientTtlMaxMillis);
  }

  /** These settings with another answer to whether clients may use the built-in commands. */
  public RoomSettings withExposeCommands(boolean exposed) {
    return new RoomSettings(
        exposed, roomsMaxCount, maxRoomsPerUser, findMaxCount, clientTtlMaxMillis, defaults);
  }

  /** These settings with other defaults for new rooms. */
  public RoomSettings withDefaults(RoomOptions options) {
    return new RoomSettings(
        exposeCommands, roomsMaxCount, maxRoomsPerUser, findMaxCount, clientTtlMaxMillis, options);
  }

  /** These settings with another limit of rooms of the node. */
  public RoomSettings withRoomsMaxCount(int count) {
    return new RoomSettings(
        exposeCommands, count, maxRoomsPerUser, findMaxCount, clientTtlMaxMillis, defaults);
  }

  /** These settings with another limit of rooms of one user. */
  public RoomSettings withMaxRoomsPerUser(int count) {
    return new RoomSettings(
        exposeCommands, roomsMaxCount, count, findMaxCount, clientTtlMaxMillis, defaults);
  }

  /**
   * These settings overridden by configuration.
   *
   * @throws ConfigException if a key is unknown or a value of the wrong type or out of its range
   */
  public RoomSettings overriddenBy(Map<String, String> configuration) {
    Parser parser = new Parser(this);
    configuration.forEach(parser::apply);
    return parser.settings();
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + " is not positive");
    }
  }

  /** Applies one key after the other. */
  private static final class Parser {
    private boolean exposeCommands;
    private int roomsMaxCount;
    private int maxRoomsPerUser;
    private int findMaxCount;
    private long clientTtlMaxMillis;
    private final RoomOptions.Builder room;

    Parser(RoomSettings from) {
      exposeCommands = from.exposeCommands;
      roomsMaxCount = from.roomsMaxCount;
      maxRoomsPerUser = from.maxRoomsPerUser;
      findMaxCount = from.findMaxCount;
      clientTtlMaxMillis = from.clientTtlMaxMillis;
      room = from.defaults.toBuilder();
    }

    RoomSettings settings() {
      return new RoomSettings(
          exposeCommands,
          roomsMaxCount,
          maxRoomsPerUser,
          findMaxCount,
          clientTtlMaxMillis,
          room.build());
    }

    void apply(String key, String value) {
      set(key, value);
      try {
        settings();
      } catch (IllegalArgumentException outOfRange) {
        throw refused(key, value, "a value in its range: " + outOfRange.getMessage());
      }
    }

    private void set(String key, String value) {
      switch (key) {
        case "exposeCommands" -> exposeCommands = bool(key, value);
        case "roomsMaxCount" -> roomsMaxCount = number(key, value);
        case "maxRoomsPerUser" -> maxRoomsPerUser = number(key, value);
        case "findMaxCount" -> findMaxCount = number(key, value);
        case "clientTtlMaxMillis" -> clientTtlMaxMillis = number(key, value);
        case "type" -> room.type(value);
        case "maxMembers" -> room.maxMembers(number(key, value));
        case "registered" -> room.registered(bool(key, value));
        case "allowEmpty" -> room.allowEmpty(bool(key, value));
        case "emptyTtlMillis" -> room.emptyTtlMillis(number(key, value));
        case "broadcastIntervalMillis" -> room.broadcastIntervalMillis(number(key, value));
        case "bundleMaxBytes" -> room.bundleMaxBytes(number(key, value));
        case "broadcastMaxBytes" -> room.broadcastMaxBytes(number(key, value));
        case "messageMaxBytes" -> room.messageMaxBytes(number(key, value));
        case "channel" -> room.channel(number(key, value));
        case "reservationTtlMillis" -> room.reservationTtlMillis(number(key, value));
        case "reservationsMaxCount" -> room.reservationsMaxCount(number(key, value));
        case "syncProperties" -> room.syncProperties(bool(key, value));
        case "propertiesMaxCount" -> room.propertiesMaxCount(number(key, value));
        case "propertyMaxBytes" -> room.propertyMaxBytes(number(key, value));
        case "objectsMaxCount" -> room.objectsMaxCount(number(key, value));
        case "objectMaxBytes" -> room.objectMaxBytes(number(key, value));
        case "objectSyncIntervalMillis" -> room.objectSyncIntervalMillis(number(key, value));
        case "chatHistoryMaxCount" -> room.chatHistoryMaxCount(number(key, value));
        case "chatMaxBytes" -> room.chatMaxBytes(number(key, value));
        case "ticksMaxCount" -> room.ticksMaxCount(number(key, value));
        default -> throw refused(key, value, "a key of docs/modules/room.md");
      }
    }

    private static ConfigException refused(String key, String value, String expected) {
      return new ConfigException("configuration", "modules.room." + key, value, expected);
    }

    private static int number(String key, String value) {
      try {
        return Integer.parseInt(value.strip());
      } catch (NumberFormatException wrongType) {
        throw refused(key, value, "a whole number");
      }
    }

    private static boolean bool(String key, String value) {
      return switch (value.strip().toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default -> throw refused(key, value, "true or false");
      };
    }
  }
}
