package dev.skein.mesh.clustered;

import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;

/** The way into this package. */
public final class ClusteredEngine {
  private ClusteredEngine() {}

  /**
   * An engine that has not started yet.
   *
   * @throws EngineException if it would listen off loopback without a secret
   */
  public static Engine open(ClusterConfig config) {
    throw new EngineException("the clustered mesh is being built: " + config);
  }
}
