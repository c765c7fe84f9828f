package dev.skein.room;

/** A game's repeated call in a room, from {@link Room#every}. Any thread may call. */
@FunctionalInterface
public interface Tick {

  /** No further call after the one that may be running. */
  void cancel();
}
