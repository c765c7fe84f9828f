package dev.skein.dive;

import dev.skein.mesh.StoreOptions;
import dev.skein.protocol.Bounds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * How a storage is kept. Names, defaults and units are those of the configuration's {@code
 * modules.dive.storages.<name>}; equal on every node. Immutable.
 *
 * @param name a free name, 1 to 64 letters, digits, {@code _} and {@code -}
 * @param exposed whether clients may use it, by the built-in commands; default false
 * @param copiesCount nodes that hold a key, 1 to 5; default 2: no acknowledged write is lost when a
 *     node dies
 * @param nodeTypes types of the nodes that hold keys; default empty: all. Other nodes use the
 *     storage as well
 * @param nearCacheMaxCount values of other nodes each node keeps at hand for readings, which may
 *     then be up to half a second old; default 0: none, every reading is exact
 * @param directory where each node keeps its values in files, so that the storage outlives the
 *     cluster; default empty: nowhere. It is the node's own: one process may use it at a time
 * @param defaultTtlMillis after which a key goes if nothing else is said; default 0: never
 * @param valueMaxBytes content of one value; default 32,768
 * @param listMaxCount values of one list; default 1,000
 * @param listMaxBytes a list altogether; default 262,144
 */
public record StorageOptions(
    String name,
    boolean exposed,
    int copiesCount,
    Set<String> nodeTypes,
    int nearCacheMaxCount,
    Optional<Path> directory,
    long defaultTtlMillis,
    int valueMaxBytes,
    int listMaxCount,
    int listMaxBytes) {
  /** Ten years: the longest time to live. */
  static final long TTL_MAX_MILLIS = 10L * 365 * 24 * 3600 * 1000;

  public StorageOptions {
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("'" + name + "' is no name of a storage");
    }
    Bounds.within("copiesCount", copiesCount, 1, StoreOptions.COPIES_MAX_COUNT);
    Bounds.within("nearCacheMaxCount", nearCacheMaxCount, 0, Integer.MAX_VALUE);
    Bounds.within("defaultTtlMillis", defaultTtlMillis, 0, TTL_MAX_MILLIS);
    Bounds.within("valueMaxBytes", valueMaxBytes, 1, 1 << 20);
    Bounds.within("listMaxCount", listMaxCount, 1, 100_000);
    Bounds.within("listMaxBytes", listMaxBytes, 1, 1 << 24);
    nodeTypes = Set.copyOf(nodeTypes);
  }

  /** The defaults under this name. */
  public static StorageOptions named(String name) {
    return new StorageOptions(
        name,
        false,
        StoreOptions.DEFAULT_COPIES_COUNT,
        Set.of(),
        0,
        Optional.empty(),
        0,
        32_768,
        1_000,
        262_144);
  }

  public Builder toBuilder() {
    return new Builder(this);
  }

  /** How the mesh is to keep it. */
  StoreOptions store() {
    return new StoreOptions("dive." + name, copiesCount, nodeTypes, nearCacheMaxCount, directory);
  }

  static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Collects options; confined to one thread. */
  public static final class Builder {
    private final String name;
    private boolean exposed;
    private int copiesCount;
    private Set<String> nodeTypes;
    private int nearCacheMaxCount;
    private Optional<Path> directory;
    private long defaultTtlMillis;
    private int valueMaxBytes;
    private int listMaxCount;
    private int listMaxBytes;

    private Builder(StorageOptions from) {
      name = from.name;
      exposed = from.exposed;
      copiesCount = from.copiesCount;
      nodeTypes = from.nodeTypes;
      nearCacheMaxCount = from.nearCacheMaxCount;
      directory = from.directory;
      defaultTtlMillis = from.defaultTtlMillis;
      valueMaxBytes = from.valueMaxBytes;
      listMaxCount = from.listMaxCount;
      listMaxBytes = from.listMaxBytes;
    }

    public Builder exposed(boolean value) {
      exposed = value;
      return this;
    }

    public Builder copiesCount(int value) {
      copiesCount = value;
      return this;
    }

    public Builder nodeTypes(Set<String> value) {
      nodeTypes = value;
      return this;
    }

    public Builder nearCacheMaxCount(int value) {
      nearCacheMaxCount = value;
      return this;
    }

    public Builder directory(Path value) {
      directory = Optional.of(value);
      return this;
    }

    public Builder defaultTtlMillis(long value) {
      defaultTtlMillis = value;
      return this;
    }

    public Builder valueMaxBytes(int value) {
      valueMaxBytes = value;
      return this;
    }

    public Builder listMaxCount(int value) {
      listMaxCount = value;
      return this;
    }

    public Builder listMaxBytes(int value) {
      listMaxBytes = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public StorageOptions build() {
      return new StorageOptions(
          name,
          exposed,
          copiesCount,
          nodeTypes,
          nearCacheMaxCount,
          directory,
          defaultTtlMillis,
          valueMaxBytes,
          listMaxCount,
          listMaxBytes);
    }
  }
}
