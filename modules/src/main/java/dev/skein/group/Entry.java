package dev.skein.group;

/**
 * An utterance in its place in the group's order.
 *
 * @param seq its place
 * @param origin the node it was published from
 * @param publication its number there
 */
record Entry(long seq, String origin, long publication, Utterance said) {
  /** What an entry costs besides its data. */
  private static final int OVERHEAD_BYTES = 100;

  int bytes() {
    return said.data().length + OVERHEAD_BYTES;
  }

  /** The publication apart from its place. */
  Id id() {
    return new Id(origin, publication);
  }

  /** A publication, the same however often it is ordered. */
  record Id(String origin, long publication) {}
}
