package dev.skein.module;

import dev.skein.server.config.ConfigException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A value of a module's part of the configuration, as text.
 *
 * @param module the module's name
 * @param key the key below {@code modules.<module>}
 * @param text what is configured
 */
public record SettingValue(String module, String key, String text) {

  /**
   * A module's settings changed by each value of its part of the configuration.
   *
   * @param change the settings with this value; throws {@link #unknown} or what the settings' own
   *     checks throw
   * @throws ConfigException if a key is unknown or a value of the wrong type or out of its range
   */
  public static <S> S applyAll(
      String module,
      Map<String, String> configuration,
      S settings,
      BiFunction<S, SettingValue, S> change) {
    S changed = settings;
    for (Map.Entry<String, String> each : configuration.entrySet()) {
      SettingValue value = new SettingValue(module, each.getKey(), each.getValue());
      try {
        changed = change.apply(changed, value);
      } catch (IllegalArgumentException outOfRange) {
        throw value.outOfRange(outOfRange);
      }
    }
    return changed;
  }

  /** The value as a whole number. */
  public int number() {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException wrongType) {
      throw refused("a whole number");
    }
  }

  /** The value as true or false. */
  public boolean bool() {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused("true or false");
    };
  }

  /** The value as one of the names of an enum, in lower case. */
  public <E extends Enum<E>> E oneOf(Class<E> type) {
    for (E each : type.getEnumConstants()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text.strip().toLowerCase(Locale.ROOT))) {
        return each;
      }
    }
    throw refused("one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
  }

  /** The exception for a key that the module does not have. */
  public ConfigException unknown() {
    return refused("a key of docs/modules/" + module + ".md");
  }

  /** The exception for a value out of its range. */
  public ConfigException outOfRange(IllegalArgumentException why) {
    return refused("a value in its range: " + why.getMessage());
  }

  /** The exception for a value that is not what was expected. */
  public ConfigException refused(String expected) {
    return new ConfigException("configuration", "modules." + module + "." + key, text, expected);
  }
}
