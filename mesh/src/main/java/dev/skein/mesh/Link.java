package dev.skein.mesh;

import dev.skein.mesh.engine.Engine;

/** The way to the other nodes: counts what leaves. Thread-safe, never blocks. */
final class Link {
  private final Engine engine;
  private final MeshCounters counters;

  Link(Engine engine, MeshCounters counters) {
    this.engine = engine;
    this.counters = counters;
  }

  boolean send(String address, Frame frame) {
    return send(address, frame.encode(), true);
  }

  boolean send(String address, byte[] frame, boolean reliable) {
    return counted(frame, engine.send(address, frame, reliable));
  }

  /** For what nobody waits for. */
  boolean sendGathered(String address, byte[] frame) {
    return counted(frame, engine.sendGathered(address, frame));
  }

  private boolean counted(byte[] frame, boolean taken) {
    if (taken) {
      counters.framesOut.increment();
      counters.bytesOut.add(frame.length);
    } else {
      counters.refused.increment();
    }
    return taken;
  }
}
