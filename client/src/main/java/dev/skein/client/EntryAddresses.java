package dev.skein.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where a client may enter its cluster: as the game has given them, but the one that was good the
 * last time comes first. Any thread.
 */
final class EntryAddresses {
  private final List<String> all;
  private volatile int good;

  EntryAddresses(List<String> all) {
    this.all = List.copyOf(all);
  }

  /** All of them, in the order they should be tried. */
  List<String> inTurn() {
    List<String> turned = new ArrayList<>(all);
    Collections.rotate(turned, -good);
    return turned;
  }

  /** This one has answered. */
  void worked(String address) {
    good = all.indexOf(address);
  }

  boolean areSeveral() {
    return all.size() > 1;
  }
}
