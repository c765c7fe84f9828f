package dev.skein.mesh;

import dev.skein.mesh.journal.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * How a {@link Store} is kept.
 *
 * @param name the same on every node
 * @param copiesCount nodes that hold a value, its owner included; 1 to 5, default {@value
 *     #DEFAULT_COPIES_COUNT}; with 2, no acknowledged change is lost when a node dies
 * @param nodeTypes types of the nodes that hold values; empty: all. Other nodes use the store as
 *     well
 * @param nearCacheMaxCount values of other nodes each node keeps at hand for {@link Store#get},
 *     which may then be up to half a second old; 0: none
 * @param directory of files in which this node's values outlive the cluster; empty (default):
 *     nowhere, values are in memory only. One process may use it at a time
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

  /**
   * Opens the file of the store, if it has a directory.
   *
   * @param nowMillis the wall clock
   * @throws UncheckedIOException if this process cannot keep files there, or another one does
   */
  public Optional<Journal> journal(LongSupplier nowMillis) {
    return directory.map(folder -> {
      try {
        return Journal.open(folder, name, nowMillis);
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
    });
  }

  /** The defaults under this name. */
  public static StoreOptions named(String name) {
    return new StoreOptions(name, DEFAULT_COPIES_COUNT, Set.of(), 0, Optional.empty());
  }
}
