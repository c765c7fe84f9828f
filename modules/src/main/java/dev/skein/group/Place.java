package dev.skein.group;

/**
 * Up to where somebody has heard.
 *
 * @param epoch that the last entry was heard in: another may give the same place to something else
 */
record Place(Epoch epoch, long seq) {
  /** From now on; nothing before matters. */
  static final Place NOW = new Place(Epoch.NONE, -1);

  boolean isNow() {
    return seq < 0;
  }
}
