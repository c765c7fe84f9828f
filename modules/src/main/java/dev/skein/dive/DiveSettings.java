package dev.skein.dive;

import dev.skein.server.config.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The configuration's {@code modules.dive} on top of what code says. Immutable.
 *
 * @param exposeCommands whether clients have the built-in commands, for storages that are exposed;
 *     default true
 * @param storages by name
 */
record DiveSettings(boolean exposeCommands, Map<String, StorageOptions> storages) {
  private static final String STORAGES = "storages.";

  DiveSettings {
    storages = Map.copyOf(storages);
  }

  /**
   * These settings overridden by configuration.
   *
   * @throws ConfigException if a key is unknown or a value of the wrong type or out of its range
   */
  DiveSettings overriddenBy(Map<String, String> configuration) {
    boolean exposed = exposeCommands;
    Map<String, StorageOptions> all = new LinkedHashMap<>(storages);
    for (Map.Entry<String, String> setting : configuration.entrySet()) {
      String key = setting.getKey();
      String value = setting.getValue();
      int dot = key.lastIndexOf('.');
      if (key.equals("exposeCommands")) {
        exposed = bool(key, value);
      } else if (key.startsWith(STORAGES) && dot > STORAGES.length()) {
        String name = key.substring(STORAGES.length(), dot);
        all.put(name, changed(key, named(all, key, name), key.substring(dot + 1), value));
      } else {
        throw refused(key, value, "a key of docs/modules/dive.md");
      }
    }
    return new DiveSettings(exposed, all);
  }

  private static StorageOptions named(Map<String, StorageOptions> all, String key, String name) {
    StorageOptions known = all.get(name);
    try {
      return known == null ? StorageOptions.named(name) : known;
    } catch (IllegalArgumentException noName) {
      throw refused(key, name, "1 to 64 letters, digits, _ and - for the storage's name");
    }
  }

  private static StorageOptions changed(
      String key, StorageOptions options, String option, String value) {
    StorageOptions.Builder builder = options.toBuilder();
    switch (option) {
      case "exposed" -> builder.exposed(bool(key, value));
      case "copiesCount" -> builder.copiesCount(number(key, value));
      case "nodeTypes" -> builder.nodeTypes(names(value));
      case "nearCacheMaxCount" -> builder.nearCacheMaxCount(number(key, value));
      case "directory" -> builder.directory(path(key, value));
      case "defaultTtlMillis" -> builder.defaultTtlMillis(whole(key, value));
      case "valueMaxBytes" -> builder.valueMaxBytes(number(key, value));
      case "listMaxCount" -> builder.listMaxCount(number(key, value));
      case "listMaxBytes" -> builder.listMaxBytes(number(key, value));
      default -> throw refused(key, value, "a key of docs/modules/dive.md");
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException outOfRange) {
      throw refused(key, value, "a value in its range: " + outOfRange.getMessage());
    }
  }

  private static ConfigException refused(String key, String value, String expected) {
    return new ConfigException("configuration", "modules.dive." + key, value, expected);
  }

  private static int number(String key, String value) {
    return (int) Math.clamp(whole(key, value), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static long whole(String key, String value) {
    try {
      return Long.parseLong(value.strip());
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

  private static Path path(String key, String value) {
    try {
      return Path.of(value.strip());
    } catch (InvalidPathException noPath) {
      throw refused(key, value, "a directory");
    }
  }

  private static Set<String> names(String value) {
    return Arrays.stream(value.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }
}
