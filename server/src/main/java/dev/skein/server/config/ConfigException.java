package dev.skein.server.config;

/**
 * A configuration a node cannot start with. The message is one line that names where the value came
 * from, its key, the value and what was expected.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String origin;
  private final String key;
  private final String value;
  private final String expected;

  public ConfigException(String origin, String key, String value, String expected) {
    super(origin + ": " + key + " = " + value + ": expected " + expected, null, false, false);
    this.origin = origin;
    this.key = key;
    this.value = value;
    this.expected = expected;
  }

  /** The file, the environment variable, or {@code "builder"}. */
  public String origin() {
    return origin;
  }

  /** The dotted key. */
  public String key() {
    return key;
  }

  /** The offending value as text. */
  public String value() {
    return value;
  }

  /** What would have been accepted. */
  public String expected() {
    return expected;
  }
}
