package dev.skein.dm;

import dev.skein.module.SettingValue;
import dev.skein.protocol.Bounds;
import dev.skein.server.config.ConfigException;
import java.util.Map;

/**
 * What holds for direct messages of a node: the configuration's {@code modules.dm}. Immutable.
 *
 * @param exposeCommands whether clients may use the built-in commands; default true
 * @param dataMaxBytes the largest message; default 61,440
 * @param peersMaxCount users that a user's end is told to: those it exchanged messages with last;
 *     default 256
 * @param waitingMaxCount messages of a user that may wait for their delivery; default 256
 */
public record DmSettings(
    boolean exposeCommands, int dataMaxBytes, int peersMaxCount, int waitingMaxCount) {

  /** The production values. */
  public static final DmSettings DEFAULT = new DmSettings(true, 61_440, 256, 256);

  public DmSettings {
    Bounds.positive("dataMaxBytes", dataMaxBytes);
    Bounds.positive("peersMaxCount", peersMaxCount);
    Bounds.positive("waitingMaxCount", waitingMaxCount);
  }

  /** These settings with another answer to whether clients may use the built-in commands. */
  public DmSettings withExposeCommands(boolean exposed) {
    return new DmSettings(exposed, dataMaxBytes, peersMaxCount, waitingMaxCount);
  }

  /**
   * These settings overridden by configuration.
   *
   * @throws ConfigException if a key is unknown or a value of the wrong type or out of its range
   */
  public DmSettings overriddenBy(Map<String, String> configuration) {
    return SettingValue.applyAll("dm", configuration, this, DmSettings::with);
  }

  private DmSettings with(SettingValue value) {
    return switch (value.key()) {
      case "exposeCommands" -> withExposeCommands(value.bool());
      case "dataMaxBytes" ->
          new DmSettings(exposeCommands, value.number(), peersMaxCount, waitingMaxCount);
      case "peersMaxCount" ->
          new DmSettings(exposeCommands, dataMaxBytes, value.number(), waitingMaxCount);
      case "waitingMaxCount" ->
          new DmSettings(exposeCommands, dataMaxBytes, peersMaxCount, value.number());
      default -> throw value.unknown();
    };
  }
}
