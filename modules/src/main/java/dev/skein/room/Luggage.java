package dev.skein.room;

import java.util.List;

/** What a user takes along to another node. */
record Luggage(List<Item> items) {

  /**
   * One of its seats.
   *
   * @param number of the room, as its client knows it
   * @param channel the room's
   * @param moves how often the member has changed nodes, this time included: a room follows the
   *     latest
   * @param host the mesh address of the room's node
   * @param from the mesh address of the node the user came from, which has what it has not heard
   */
  record Item(
      String roomId, int number, int member, int channel, int moves, String host, String from) {

    /** The same for one who moves on before it has settled. */
    Item again() {
      return new Item(roomId, number, member, channel, moves + 1, host, from);
    }
  }
}
