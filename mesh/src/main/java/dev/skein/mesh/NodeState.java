package dev.skein.mesh;

/** What a node takes on. */
public enum NodeState {
  /** Everything. */
  ONLINE,
  /** No new users. */
  TAKEN,
  /** No new users, rooms, groups or sessions; what is there goes on. */
  OFFLINE
}
