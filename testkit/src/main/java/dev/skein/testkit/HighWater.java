package dev.skein.testkit;

/** Checks that a measure never exceeds its bound, and remembers how far it went. */
public final class HighWater {
  private final String name;
  private final long bound;
  private long highest;

  /** A checker of the measure with this name and unit. */
  public HighWater(String name, long bound) {
    this.name = name;
    this.bound = bound;
  }

  /** Looks at the measure once more. */
  public void observe(long value) {
    highest = Math.max(highest, value);
    if (value > bound) {
      throw new AssertionError(name + " is " + value + ", above its bound " + bound);
    }
  }

  public long highest() {
    return highest;
  }
}
