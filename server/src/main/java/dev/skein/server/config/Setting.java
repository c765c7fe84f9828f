package dev.skein.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One value a node can be configured with: the same name, default and unit in YAML, in the
 * environment and in the builder. All of them are constants of {@link Settings}.
 *
 * @param <T> Integer, Boolean, String, an enum, or a list of strings
 */
public final class Setting<T> {
  private final String key;
  private final T defaultValue;
  private final String expected;
  private final String description;
  private final Function<String, T> parser;
  private final Function<T, Boolean> check;

  private Setting(
      String key,
      T defaultValue,
      String expected,
      String description,
      Function<String, T> parser,
      Function<T, Boolean> check) {
    this.key = key;
    this.defaultValue = defaultValue;
    this.expected = expected;
    this.description = description;
    this.parser = parser;
    this.check = check;
  }

  static Setting<Integer> integer(
      String key, int defaultValue, int from, int to, String description) {
    return new Setting<>(
        key,
        defaultValue,
        "a whole number from " + from + " to " + to,
        description,
        Integer::valueOf,
        value -> value >= from && value <= to);
  }

  static Setting<Boolean> flag(String key, boolean defaultValue, String description) {
    return new Setting<>(
        key, defaultValue, "true or false", description, Setting::strictBoolean, value -> true);
  }

  static Setting<String> text(String key, String defaultValue, String description) {
    return new Setting<>(key, defaultValue, "a text", description, text -> text, value -> true);
  }

  static Setting<List<String>> texts(String key, String description) {
    return new Setting<>(
        key, List.of(), "a list of texts", description, Setting::commaSeparated, value -> true);
  }

  static <E extends Enum<E>> Setting<E> choice(String key, E defaultValue, String description) {
    Class<E> type = defaultValue.getDeclaringClass();
    String names =
        Arrays.stream(type.getEnumConstants())
            .map(value -> value.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return new Setting<>(
        key,
        defaultValue,
        "one of " + names,
        description,
        text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)),
        value -> true);
  }

  /** The dotted name in YAML, such as {@code limits.commandTimeoutMillis}. */
  public String key() {
    return key;
  }

  /** The environment variable that overrides it: {@code SKEIN_LIMITS_COMMAND_TIMEOUT_MILLIS}. */
  public String environmentVariable() {
    return environmentVariable(key);
  }

  static String environmentVariable(String key) {
    return "SKEIN_"
        + key.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The production value, used where nothing else is said. */
  public T defaultValue() {
    return defaultValue;
  }

  /** What values are accepted, for people. */
  public String expected() {
    return expected;
  }

  /** What it does, for people. */
  public String description() {
    return description;
  }

  /** Reads a value written as text. */
  T parse(String origin, String text) {
    try {
      return checked(origin, parser.apply(text.strip()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(origin, key, text, expected);
    }
  }

  /** Passes a value on if it is within its range. */
  T checked(String origin, T value) {
    if (!check.apply(value)) {
      throw new ConfigException(origin, key, String.valueOf(value), expected);
    }
    return value;
  }

  @Override
  public String toString() {
    return key;
  }

  private static Boolean strictBoolean(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static List<String> commaSeparated(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }
}
