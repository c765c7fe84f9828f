package dev.skein.module;

import dev.skein.server.config.ConfigException;
import java.util.Arrays;
import java.util.Locale;

/**
 * A value of a module's part of the configuration, as text.
 *
 * @param module the module's name
 * @param key the key below {@code modules.<module>}
 * @param text what is configured
 */
public record SettingValue(String module, String key, String text) {

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

  private ConfigException refused(String expected) {
    return new ConfigException("configuration", "modules." + module + "." + key, text, expected);
  }
}
