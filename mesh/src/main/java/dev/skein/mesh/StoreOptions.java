package dev.skein.mesh;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * How a {@link Store} is kept.
 *
 * @param name the same on every node
 * @param copiesCount nodes that hold a value, its owner included; 1 to 5, default {@value
 *     #DEFAULT_COPIES_COUNT}; with 2, no acknowledged change is lost when a node dies
 * @param nodeTypes types of the nodes that hold values; empty: all. Other nodes use the store as
 *     well
 * @param nearCacheMaxCount values each node keeps at hand for {@link Store#get}, which may then be
 *     a little old; 0: none
 * @param directory where values outlive the cluster; empty (default): nowhere. The engines there
 *     are keep values in memory and refuse a store with a directory
 */
public record StoreOptions(
    String name,
    int copiesCount,
    Set<String> nodeTypes,
    int nearCacheMaxCount,
    Optional<Path> directory) {
  public static final int DEFAULT_COPIES_COUNT = 2;

  /** The most copies there may be. */
  public static final int COPIES_MAX_COUNT = 5;

  public StoreOptions {
    if (name.isEmpty() || copiesCount < 1 || copiesCount > COPIES_MAX_COUNT) {
      throw new IllegalArgumentException(
          "store '" + name + "' with " + copiesCount + " copies; 1 to " + COPIES_MAX_COUNT);
    }
    nodeTypes = Set.copyOf(nodeTypes);
  }

  /** The defaults under this name. */
  public static StoreOptions named(String name) {
    return new StoreOptions(name, DEFAULT_COPIES_COUNT, Set.of(), 0, Optional.empty());
  }
}
