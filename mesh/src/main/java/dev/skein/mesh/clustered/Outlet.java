package dev.skein.mesh.clustered;

/** Where frames to one node go. Any thread may call, nothing blocks. */
interface Outlet extends AutoCloseable {

  /** How a frame wants to travel. */
  enum Haste {
    /** At once, if there is room for more than reliable frames. */
    BEST_EFFORT,
    /** At once: somebody waits for it. */
    PROMPT,
    /** When others who are ready to speak have spoken, which is at once on a node without work. */
    POLITE,
    /** It may wait for company. */
    GATHERED
  }

  /** False if there is no room, or only as much as is kept for reliable frames. */
  boolean offer(Batch.Kind kind, byte[] frame, Haste haste);

  int queuedBytes();

  /** Drops what waits. */
  @Override
  void close();
}
