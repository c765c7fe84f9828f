package dev.skein.protocol;

/** Checks what a caller or the configuration sets. Any thread. */
public final class Bounds {
  private Bounds() {}

  /**
   * Refuses a value that is not from {@code min} to {@code max}, both included.
   *
   * @throws IllegalArgumentException if it is not; it names the value
   */
  public static void within(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " " + value + " is not within " + min + ".." + max);
    }
  }

  /**
   * Refuses a value below 1.
   *
   * @throws IllegalArgumentException if it is; it names the value
   */
  public static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + " is not positive");
    }
  }
}
