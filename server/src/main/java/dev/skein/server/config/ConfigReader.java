package dev.skein.server.config;

import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads YAML and the environment into a {@link NodeConfig}; refuses what it does not know. */
final class ConfigReader {
  private static final String MODULES = "modules.";
  private static final String MODULES_VARIABLE = "SKEIN_MODULES_";

  /** A key of a module whose value names a file with that module's settings. */
  private static final String SETTINGS_FILE = "file";

  private static final Map<String, Setting<?>> BY_VARIABLE =
      Settings.all().stream()
          .collect(Collectors.toUnmodifiableMap(Setting::environmentVariable, s -> s));

  private final Map<Setting<?>, Object> values = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> modules = new TreeMap<>();

  private ConfigReader() {}

  static NodeConfig read(Path file, Map<String, String> environment) {
    ConfigReader reader = new ConfigReader();
    reader.takeFile(file);
    reader.takeEnvironment(environment);
    Path directory = file.toAbsolutePath().getParent();
    return new NodeConfig(
        file.toString(), directory == null ? file : directory, reader.values, reader.modules);
  }

  static NodeConfig read(Map<String, String> environment) {
    ConfigReader reader = new ConfigReader();
    reader.takeEnvironment(environment);
    return new NodeConfig("environment", Path.of(""), reader.values, reader.modules);
  }

  private void takeFile(Path file) {
    String origin = file.toString();
    for (Map.Entry<String, String> property : yaml(file).entrySet()) {
      String key = property.getKey();
      if (key.startsWith(MODULES)) {
        takeModule(origin, key, property.getValue(), file);
      } else {
        Setting<?> setting =
            Settings.named(key).orElseThrow(() -> unknown(origin, key, property.getValue()));
        values.put(setting, setting.parse(origin, property.getValue()));
      }
    }
    namesUnder("modules", file).forEach(this::module);
  }

  /** The YAML source leaves out what has no value, and a module's name alone switches it on. */
  private static List<String> namesUnder(String section, Path file) {
    Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(text(file));
    return document instanceof Map<?, ?> root && root.get(section) instanceof Map<?, ?> entries
        ? entries.keySet().stream().map(String::valueOf).toList()
        : List.of();
  }

  private void takeModule(String origin, String key, String value, Path file) {
    int dot = key.indexOf('.', MODULES.length());
    if (dot < 0) {
      String name = key.substring(MODULES.length());
      if (!value.isBlank() && !value.equals("true")) {
        throw new ConfigException(origin, key, value, "settings of the module " + name);
      }
      module(name);
      return;
    }
    String name = key.substring(MODULES.length(), dot);
    String setting = key.substring(dot + 1);
    if (setting.equals(SETTINGS_FILE)) {
      Path settings = file.resolveSibling(value);
      yaml(settings).forEach(module(name)::putIfAbsent);
    } else {
      module(name).put(setting, value);
    }
  }

  private void takeEnvironment(Map<String, String> environment) {
    new TreeMap<>(environment).forEach(this::takeVariable);
  }

  private void takeVariable(String variable, String value) {
    Setting<?> setting = BY_VARIABLE.get(variable);
    if (setting != null) {
      values.put(setting, setting.parse(variable, value));
    } else if (variable.startsWith(MODULES_VARIABLE)) {
      takeModuleVariable(variable, value);
    } else if (inSection(variable)) {
      throw unknown(variable, variable, value);
    }
  }

  /** {@code SKEIN_MODULES_ROOM_TTL_MILLIS} is {@code ttlMillis} of the module {@code room}. */
  private void takeModuleVariable(String variable, String value) {
    String[] words = variable.substring(MODULES_VARIABLE.length()).split("_");
    if (words.length < 2) {
      throw unknown(variable, variable, value);
    }
    StringBuilder key = new StringBuilder(words[1].toLowerCase(Locale.ROOT));
    for (int i = 2; i < words.length; i++) {
      key.append(words[i].charAt(0)).append(words[i].substring(1).toLowerCase(Locale.ROOT));
    }
    module(words[0].toLowerCase(Locale.ROOT)).put(key.toString(), value);
  }

  /** Other programs of the project have SKEIN_ variables too; ours start with a section's name. */
  private static boolean inSection(String variable) {
    for (Setting<?> setting : Settings.all()) {
      String key = setting.key();
      String section = Setting.environmentVariable(key.substring(0, key.indexOf('.'))) + "_";
      if (variable.startsWith(section)) {
        return true;
      }
    }
    return false;
  }

  private Map<String, String> module(String name) {
    return modules.computeIfAbsent(name, unused -> new TreeMap<>());
  }

  private static Map<String, String> yaml(Path file) {
    String text = text(file);
    if (text.isBlank()) {
      return Map.of();
    }
    try {
      return withListsJoined(new YamlConfigSource(file.toString(), text).getProperties());
    } catch (RuntimeException e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new ConfigException(file.toString(), "file", line, "well-formed YAML");
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException(
          file.toString(), "file", String.valueOf(e.getMessage()), "a readable YAML file");
    }
  }

  /** YAML lists come as {@code key[0], key[1] …}; settings want {@code key = a,b}. */
  private static Map<String, String> withListsJoined(Map<String, String> properties) {
    Map<String, String> joined = new TreeMap<>();
    for (Map.Entry<String, String> property : properties.entrySet()) {
      int bracket = property.getKey().indexOf('[');
      if (bracket < 0) {
        joined.put(property.getKey(), property.getValue());
        continue;
      }
      String key = property.getKey().substring(0, bracket);
      if (!joined.containsKey(key)) {
        joined.put(key, elements(properties, key));
      }
    }
    return joined;
  }

  private static String elements(Map<String, String> properties, String key) {
    StringJoiner all = new StringJoiner(",");
    for (int i = 0; properties.containsKey(key + "[" + i + "]"); i++) {
      all.add(properties.get(key + "[" + i + "]"));
    }
    return all.toString();
  }

  private static ConfigException unknown(String origin, String key, String value) {
    return new ConfigException(origin, key, value, "a known key; docs/CONFIGURATION.md lists them");
  }
}
