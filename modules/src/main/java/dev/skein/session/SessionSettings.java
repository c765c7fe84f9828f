package dev.skein.session;

import dev.skein.module.SettingValue;
import dev.skein.protocol.Bounds;
import java.util.Map;

/**
 * What holds for all sessions: the configuration's {@code modules.session}. The other names there
 * are those of {@link SessionOptions} and become the defaults of new sessions. Immutable.
 *
 * @param exposeCommands whether clients may use the built-in commands; default true
 * @param channel the ordered channel of everything sessions send, 0 to 7; default 0
 * @param copiesCount nodes that hold a session, 1 to 5; default 2: it survives the death of one
 * @param defaults what a new session is made with unless something else is said
 */
public record SessionSettings(
    boolean exposeCommands, int channel, int copiesCount, SessionOptions defaults) {

  /** The production values. */
  public static final SessionSettings DEFAULT =
      new SessionSettings(true, 0, 2, SessionOptions.builder().build());

  public SessionSettings {
    Bounds.within("channel", channel, 0, 7);
    Bounds.within("copiesCount", copiesCount, 1, 5);
  }

  /** These settings with another answer to whether clients may use the built-in commands. */
  public SessionSettings withExposeCommands(boolean exposed) {
    return new SessionSettings(exposed, channel, copiesCount, defaults);
  }

  /** These settings with other defaults for new sessions. */
  public SessionSettings withDefaults(SessionOptions options) {
    return new SessionSettings(exposeCommands, channel, copiesCount, options);
  }

  /**
   * These settings overridden by configuration.
   *
   * @throws dev.skein.server.config.ConfigException if a key is unknown or a value of the wrong
   *     type or out of its range
   */
  public SessionSettings overriddenBy(Map<String, String> configuration) {
    return SettingValue.applyAll("session", configuration, this, SessionSettings::with);
  }

  private SessionSettings with(SettingValue value) {
    SessionOptions.Builder options = defaults.toBuilder();
    switch (value.key()) {
      case "exposeCommands" -> {
        return withExposeCommands(value.bool());
      }
      case "channel" -> {
        return new SessionSettings(exposeCommands, value.number(), copiesCount, defaults);
      }
      case "copiesCount" -> {
        return new SessionSettings(exposeCommands, channel, value.number(), defaults);
      }
      case "type" -> options.type(value.text().strip());
      case "maxMembers" -> options.maxMembers(value.number());
      case "inviteOnly" -> options.inviteOnly(value.bool());
      case "emptyTtlMillis" -> options.emptyTtlMillis(value.number());
      case "rejoinTtlMillis" -> options.rejoinTtlMillis(value.number());
      case "invitationTtlMillis" -> options.invitationTtlMillis(value.number());
      case "invitationsMaxCount" -> options.invitationsMaxCount(value.number());
      case "propertiesMaxCount" -> options.propertiesMaxCount(value.number());
      case "propertiesMaxBytes" -> options.propertiesMaxBytes(value.number());
      case "dataMaxBytes" -> options.dataMaxBytes(value.number());
      case "messageMaxBytes" -> options.messageMaxBytes(value.number());
      default -> throw value.unknown();
    }
    return withDefaults(options.build());
  }
}
