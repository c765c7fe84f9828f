package dev.skein.cli.bot;

import java.util.HashMap;
import java.util.Map;

/**
 * What {@code --hostile} does to every datagram in either direction, written as {@code
 * loss=5,duplicate=1,reorder=5,corrupt=1,delay=40,jitter=15,seed=7}; what is left out is 0.
 *
 * @param lossPercent lost
 * @param duplicatePercent delivered twice
 * @param reorderPercent held back behind later ones
 * @param corruptPercent delivered with a bit changed
 * @param delayMillis added
 * @param jitterMillis at most added beyond the delay
 * @param seed of the relay's dice
 */
public record Hostility(
    double lossPercent,
    double duplicatePercent,
    double reorderPercent,
    double corruptPercent,
    int delayMillis,
    int jitterMillis,
    long seed) {
  private static final int MAX_DELAY_MILLIS = 10_000;

  public Hostility {
    percent("loss", lossPercent);
    percent("duplicate", duplicatePercent);
    percent("reorder", reorderPercent);
    percent("corrupt", corruptPercent);
    millis("delay", delayMillis);
    millis("jitter", jitterMillis);
  }

  /**
   * Reads the option's text.
   *
   * @throws IllegalArgumentException naming the part that is unknown, twice there, no number or out
   *     of range
   */
  public static Hostility parse(String text) {
    Map<String, String> parts = new HashMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("--hostile: '" + part + "' is not NAME=NUMBER");
      }
      if (parts.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip())
          != null) {
        throw new IllegalArgumentException("--hostile: '" + part + "' names its part again");
      }
    }
    Hostility hostility =
        new Hostility(
            decimal(parts, "loss"),
            decimal(parts, "duplicate"),
            decimal(parts, "reorder"),
            decimal(parts, "corrupt"),
            (int) whole(parts, "delay", Integer.MAX_VALUE),
            (int) whole(parts, "jitter", Integer.MAX_VALUE),
            whole(parts, "seed", Long.MAX_VALUE));
    if (!parts.isEmpty()) {
      throw new IllegalArgumentException(
          "--hostile: unknown "
              + String.join(", ", parts.keySet())
              + "; known are loss, duplicate, reorder, corrupt, delay, jitter, seed");
    }
    return hostility;
  }

  private static double decimal(Map<String, String> parts, String name) {
    String text = parts.getOrDefault(name, "0");
    parts.remove(name);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--hostile: " + name + "=" + text + " is no number", e);
    }
  }

  private static long whole(Map<String, String> parts, String name, long max) {
    String text = parts.getOrDefault(name, "0");
    parts.remove(name);
    try {
      long number = Long.parseLong(text);
      if (number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--hostile: " + name + "=" + text + " is no whole number", e);
    }
    throw new IllegalArgumentException("--hostile: " + name + "=" + text + " is too large");
  }

  private static void percent(String name, double value) {
    if (!(value >= 0 && value <= 100)) {
      throw new IllegalArgumentException("--hostile: " + name + "=" + value + " is not 0..100 %");
    }
  }

  private static void millis(String name, int value) {
    if (value < 0 || value > MAX_DELAY_MILLIS) {
      throw new IllegalArgumentException(
          "--hostile: " + name + "=" + value + " is not 0.." + MAX_DELAY_MILLIS + " ms");
    }
  }
}
