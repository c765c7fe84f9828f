package dev.skein.room;

/** What a seat is in, as the member's node has it. */
sealed interface Venue permits LiveRoom, Branch, Arrival {

  /** The room's id. */
  String id();

  /** The number that stands for the room on the wire, unless the user has another one by it. */
  int number();
}
