package dev.skein.mesh.engine;

import java.util.Map;

/**
 * What an engine has counted since it was made, and how it is now.
 *
 * @param refusedFrames frames that found no room in the queue to a node, or no such node
 * @param malformedFrames what came from other nodes' engines and could not be read
 * @param queuedBytes wait for other nodes now
 * @param roundTripMicros the last round trip to each other node, by address, in microseconds
 */
public record EngineStats(
    long refusedFrames, long malformedFrames, long queuedBytes, Map<String, Long> roundTripMicros) {
  /** Of an engine that has nothing to count. */
  public static final EngineStats NONE = new EngineStats(0, 0, 0, Map.of());

  public EngineStats {
    roundTripMicros = Map.copyOf(roundTripMicros);
  }
}
