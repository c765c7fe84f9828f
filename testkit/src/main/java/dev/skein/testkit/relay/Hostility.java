package dev.skein.testkit.relay;

import java.util.HashMap;
import java.util.Map;

/**
 * How badly a relay treats what passes through it, in each direction alike.
 *
 * @param lossPercent datagrams that never arrive; on a stream, chunks that arrive one
 *     retransmission late
 * @param duplicatePercent datagrams that arrive twice; nothing on a stream
 * @param reorderPercent datagrams held back until others have overtaken them; nothing on a stream
 * @param corruptPercent datagrams with one bit turned; on a stream only where asked for
 * @param delayMillis added one way
 * @param jitterMillis the delay varies evenly by up to this much more or less, never below zero;
 *     datagrams overtake each other by it, bytes of a stream do not
 * @param seed decides every draw; the same traffic meets the same fate
 */
public record Hostility(
    double lossPercent,
    double duplicatePercent,
    double reorderPercent,
    double corruptPercent,
    int delayMillis,
    int jitterMillis,
    long seed) {

  /** The longest delay, and the most jitter, a relay will add one way. */
  public static final int DELAY_MAX_MILLIS = 10_000;

  /** Everything passes, at once. */
  public static final Hostility NONE = new Hostility(0, 0, 0, 0, 0, 0, 1);

  public Hostility {
    percent("loss", lossPercent);
    percent("duplicate", duplicatePercent);
    percent("reorder", reorderPercent);
    percent("corrupt", corruptPercent);
    millis("delay", delayMillis);
    millis("jitter", jitterMillis);
  }

  /**
   * Reads options such as {@code loss=5,duplicate=1,reorder=5,corrupt=1,delay=40,jitter=15,seed=7}:
   * percentages, and milliseconds each way. What is left out is 0 (the seed: 1); an empty text is
   * {@link #NONE}.
   *
   * @throws IllegalArgumentException if an option is unknown, given twice, not a number or out of
   *     range; the message names it
   */
  public static Hostility parse(String options) {
    Map<String, String> given = new HashMap<>();
    for (String option : options.isBlank() ? new String[0] : options.split(",", -1)) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "'" + option.strip() + "' is not of the form name=value, for example loss=5");
      }
      String name = option.substring(0, equals).strip();
      if (given.put(name, option.substring(equals + 1).strip()) != null) {
        throw new IllegalArgumentException("'" + name + "' is given twice");
      }
    }
    Hostility parsed =
        new Hostility(
            decimal(given, "loss"),
            decimal(given, "duplicate"),
            decimal(given, "reorder"),
            decimal(given, "corrupt"),
            (int) whole(given, "delay", 0, DELAY_MAX_MILLIS),
            (int) whole(given, "jitter", 0, DELAY_MAX_MILLIS),
            given.containsKey("seed") ? whole(given, "seed", Long.MIN_VALUE, Long.MAX_VALUE) : 1);
    if (!given.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown option '"
              + given.keySet().iterator().next()
              + "'; known are loss, duplicate, reorder, corrupt, delay, jitter, seed");
    }
    return parsed;
  }

  /** The same with another seed. */
  public Hostility withSeed(long otherSeed) {
    return new Hostility(
        lossPercent,
        duplicatePercent,
        reorderPercent,
        corruptPercent,
        delayMillis,
        jitterMillis,
        otherSeed);
  }

  private static double decimal(Map<String, String> given, String name) {
    String text = given.remove(name);
    try {
      return text == null ? 0 : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + name + "' is not a number: " + text, e);
    }
  }

  private static long whole(Map<String, String> given, String name, long from, long to) {
    String text = given.remove(name);
    try {
      long value = text == null ? 0 : Long.parseLong(text);
      if (value < from || value > to) {
        throw new IllegalArgumentException(
            "'" + name + "' " + value + " is not within " + from + ".." + to);
      }
      return value;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + name + "' is not a whole number: " + text, e);
    }
  }

  private static void percent(String name, double value) {
    if (!(value >= 0 && value <= 100)) {
      throw new IllegalArgumentException("'" + name + "' " + value + " is not within 0..100");
    }
  }

  private static void millis(String name, int value) {
    if (value < 0 || value > DELAY_MAX_MILLIS) {
      throw new IllegalArgumentException(
          "'" + name + "' " + value + " is not within 0.." + DELAY_MAX_MILLIS);
    }
  }
}
