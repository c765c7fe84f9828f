package dev.skein.group;

import java.util.Comparator;

/**
 * One home's reign over a group. A later one has the larger number; two homes that begin at once
 * differ by their node.
 */
record Epoch(long number, long node) implements Comparable<Epoch> {
  /** Before every other. */
  static final Epoch NONE = new Epoch(0, 0);

  private static final Comparator<Epoch> ORDER =
      Comparator.comparingLong(Epoch::number).thenComparingLong(Epoch::node);

  /** The next one, of this node. */
  Epoch next(long byNode) {
    return new Epoch(number + 1, byNode);
  }

  boolean isAfter(Epoch other) {
    return compareTo(other) > 0;
  }

  static Epoch later(Epoch one, Epoch other) {
    return one.isAfter(other) ? one : other;
  }

  @Override
  public int compareTo(Epoch other) {
    return ORDER.compare(this, other);
  }
}
