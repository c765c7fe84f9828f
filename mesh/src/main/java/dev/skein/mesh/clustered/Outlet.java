package dev.skein.mesh.clustered;

/** Where frames to one node go. Any thread may call, nothing blocks. */
interface Outlet extends AutoCloseable {

  /** False if there is no room, or only as much as is kept for reliable frames. */
  boolean offer(Batch.Kind kind, byte[] frame, boolean reliable);

  int queuedBytes();

  /** Drops what waits. */
  @Override
  void close();
}
