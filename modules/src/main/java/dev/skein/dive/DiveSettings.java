package dev.skein.dive;

import dev.skein.module.SettingValue;
import dev.skein.server.config.ConfigException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
   * @param files where a file lies that the configuration names
   * @throws ConfigException if a key is unknown or a value of the wrong type or out of its range
   */
  DiveSettings overriddenBy(Map<String, String> configuration, Function<String, Path> files) {
    boolean exposed = exposeCommands;
    Map<String, StorageOptions> all = new LinkedHashMap<>(storages);
    for (Map.Entry<String, String> setting : configuration.entrySet()) {
      String key = setting.getKey();
      SettingValue value = new SettingValue("dive", key, setting.getValue());
      int dot = key.lastIndexOf('.');
      if (key.equals("exposeCommands")) {
        exposed = value.bool();
      } else if (key.startsWith(STORAGES) && dot > STORAGES.length()) {
        String name = key.substring(STORAGES.length(), dot);
        all.put(name, changed(all.get(name), name, key.substring(dot + 1), value, files));
      } else {
        throw value.unknown();
      }
    }
    return new DiveSettings(exposed, all);
  }

  private static StorageOptions changed(
      @Nullable StorageOptions known,
      String name,
      String option,
      SettingValue value,
      Function<String, Path> files) {
    try {
      StorageOptions.Builder builder =
          (known == null ? StorageOptions.named(name) : known).toBuilder();
      switch (option) {
        case "exposed" -> builder.exposed(value.bool());
        case "copiesCount" -> builder.copiesCount(value.number());
        case "nodeTypes" -> builder.nodeTypes(names(value.text()));
        case "nearCacheMaxCount" -> builder.nearCacheMaxCount(value.number());
        case "directory" -> builder.directory(files.apply(value.text().strip()));
        case "defaultTtlMillis" -> builder.defaultTtlMillis(value.number());
        case "valueMaxBytes" -> builder.valueMaxBytes(value.number());
        case "listMaxCount" -> builder.listMaxCount(value.number());
        case "listMaxBytes" -> builder.listMaxBytes(value.number());
        default -> throw value.unknown();
      }
      return builder.build();
    } catch (IllegalArgumentException outOfRange) {
      throw value.outOfRange(outOfRange);
    }
  }

  /** The exception for a storage that cannot be kept in files where it should be. */
  static ConfigException cannotKeep(StorageOptions storage, UncheckedIOException why) {
    String key = STORAGES + storage.name() + ".directory";
    String directory = storage.directory().map(Path::toString).orElse("");
    return new SettingValue("dive", key, directory)
        .refused("a directory in which this process alone may write: " + why.getMessage());
  }

  private static Set<String> names(String value) {
    return Arrays.stream(value.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }
}
