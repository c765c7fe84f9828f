package dev.skein.mesh.clustered;

import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;

/** The way into this package. */
public final class ClusteredEngine {
  private ClusteredEngine() {}

  /**
   * An engine that has not started yet.
   *
   * <p>Its {@link Engine#start} returns when this node has joined, or has formed a cluster of its
   * own because it is the first of its seeds, or after it has waited {@link
   * ClusterConfig#seedPatienceMillis} for each seed before it and once more. In the last case it
   * goes on trying, logs so, sees nobody but itself and is not ready.
   *
   * @throws EngineException if it would listen off loopback without a secret
   */
  public static Engine open(ClusterConfig config) {
    Bindings.host(config);
    return new InfinispanEngine(config, ClusterConfig.PROTOCOL_VERSION);
  }
}
