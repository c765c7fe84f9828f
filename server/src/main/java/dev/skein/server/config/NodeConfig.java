package dev.skein.server.config;

import dev.skein.protocol.session.SessionConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A node's configuration: a value for every {@link Setting} and, by module, the free settings of
 * its own. Immutable; any thread.
 */
public final class NodeConfig {
  /** The production values and no listener. */
  public static final NodeConfig DEFAULTS =
      new NodeConfig("builder", Path.of(""), Map.of(), Map.of());

  private final String origin;
  private final Path directory;
  private final Map<Setting<?>, Object> values;
  private final Map<String, Map<String, String>> modules;

  NodeConfig(
      String origin,
      Path directory,
      Map<Setting<?>, Object> values,
      Map<String, Map<String, String>> modules) {
    this.origin = origin;
    this.directory = directory;
    this.values = Map.copyOf(values);
    this.modules = Map.copyOf(modules);
  }

  /**
   * Reads a YAML file; the process environment's {@code SKEIN_…} variables override it.
   *
   * @throws ConfigException for an unknown key, a wrong type, a value out of range or no such file
   */
  public static NodeConfig load(Path file) {
    return load(file, System.getenv());
  }

  /** The same with a given environment. */
  public static NodeConfig load(Path file, Map<String, String> environment) {
    return ConfigReader.read(file, environment);
  }

  /** The defaults and what an environment's {@code SKEIN_…} variables say. */
  public static NodeConfig fromEnvironment(Map<String, String> environment) {
    return ConfigReader.read(environment);
  }

  /** Where it came from: a file, {@code "environment"} or {@code "builder"}. */
  public String origin() {
    return origin;
  }

  /** A file a setting names: relative to the configuration file, if there is one. */
  public Path relative(String file) {
    return directory.resolve(file);
  }

  /** The value of a setting, its default if nothing else was said. */
  public <T> T get(Setting<T> setting) {
    Object value = values.get(setting);
    if (value == null) {
      return setting.defaultValue();
    }
    @SuppressWarnings("unchecked") // with() and the reader store only what the setting made
    T typed = (T) value;
    return typed;
  }

  /**
   * The same with another value.
   *
   * @throws ConfigException if it is out of range
   */
  public <T> NodeConfig with(Setting<T> setting, T value) {
    Map<Setting<?>, Object> changed = new LinkedHashMap<>(values);
    changed.put(setting, setting.checked("builder", value));
    return new NodeConfig(origin, directory, changed, modules);
  }

  /** The same with other settings for the module of this name. */
  public NodeConfig withModule(String name, Map<String, String> settings) {
    Map<String, Map<String, String>> changed = new LinkedHashMap<>(modules);
    changed.put(name, Map.copyOf(settings));
    return new NodeConfig(origin, directory, values, changed);
  }

  /**
   * The settings under {@code modules.<name>}, by the rest of their key; empty if there are none.
   */
  public Map<String, String> module(String name) {
    return modules.getOrDefault(name, Map.of());
  }

  /** The names under {@code modules}: those a configuration file switches on. */
  public Set<String> modules() {
    return modules.keySet();
  }

  /**
   * The limits and timers of sessions.
   *
   * @throws ConfigException if two values contradict each other
   */
  public SessionConfig session() {
    try {
      return new SessionConfig(
          get(Settings.SESSION_IDLE_TIMEOUT_MILLIS),
          get(Settings.SESSION_RESUME_TTL_MILLIS),
          get(Settings.SESSION_MESSAGE_MAX_BYTES),
          get(Settings.SESSION_RECEIVE_WINDOW_BYTES),
          get(Settings.SESSION_MAX_ACK_DELAY_MILLIS),
          get(Settings.SESSION_CHANNELS_COUNT),
          get(Settings.SESSION_PACK_WINDOW_MILLIS),
          get(Settings.SESSION_SEND_QUEUE_MAX_BYTES),
          get(Settings.SESSION_UNRELIABLE_TTL_MILLIS),
          get(Settings.SESSION_RELIABLE_OVERFLOW),
          get(Settings.SESSION_UNRELIABLE_OVERFLOW));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          origin, "session", String.valueOf(e.getMessage()), "values that fit together");
    }
  }
}
