package dev.skein.room;

/** What happens when a user joins a room of another node. */
public enum RemoteJoin {
  /** It stays where it is, and its node passes on what is said. */
  RELAY,
  /** It joins, and its client then moves to the room's node; if that fails it stays. */
  MOVE
}
