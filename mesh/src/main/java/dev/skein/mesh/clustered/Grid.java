package dev.skein.mesh.clustered;

import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.engine.EngineException;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.global.ShutdownHookBehavior;
import org.infinispan.conflict.MergePolicy;
import org.infinispan.container.entries.InternalCacheEntry;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.infinispan.partitionhandling.PartitionHandling;
import org.infinispan.remoting.transport.Address;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.infinispan.topology.CacheTopology;
import org.jgroups.JChannel;
import org.jspecify.annotations.Nullable;

/** Infinispan on a channel. Any thread may call once it is connected. */
final class Grid implements AutoCloseable {
  private static final int SEGMENTS = 256;
  private static final long EXPIRY_INTERVAL_MILLIS = 5_000;

  private final ClusterConfig config;
  private final DefaultCacheManager manager;

  Grid(ClusterConfig config, String name, JChannel channel) {
    this.config = config;
    GlobalConfigurationBuilder global = new GlobalConfigurationBuilder();
    global
        .transport()
        .defaultTransport()
        .addProperty(JGroupsTransport.CHANNEL_CONFIGURATOR, new GivenChannel("skein", channel))
        .clusterName(config.cluster())
        .nodeName(name);
    global.jmx().disable();
    global.metrics().gauges(false).histograms(false);
    global.shutdown().hookBehavior(ShutdownHookBehavior.DONT_REGISTER);
    this.manager = new DefaultCacheManager(global.build(), false);
  }

  /**
   * Joins; blocks.
   *
   * @throws EngineException if the cluster refuses this node, with its reason
   */
  void connect() {
    try {
      manager.start();
    } catch (RuntimeException e) {
      close();
      throw new EngineException(reason(e), e);
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof SecurityException)) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /** Makes the store's part on this node; blocks until it has its share of the values. */
  AdvancedCache<String, byte[]> open(StoreOptions options) {
    String name = "store." + options.name();
    manager.defineConfiguration(name, configuration(options));
    return manager.<String, byte[]>getCache(name).getAdvancedCache();
  }

  /** True if this node is one of those that keep the store's values. */
  boolean keeps(StoreOptions options) {
    return keeps(options, config);
  }

  /** True if a node of this configuration is one of those that keep the store's values. */
  static boolean keeps(StoreOptions options, ClusterConfig config) {
    return options.nodeTypes().isEmpty()
        || !Collections.disjoint(options.nodeTypes(), config.types());
  }

  private Configuration configuration(StoreOptions options) {
    boolean keeps = keeps(options);
    ConfigurationBuilder builder = new ConfigurationBuilder();
    builder
        .clustering()
        .cacheMode(CacheMode.DIST_SYNC)
        .remoteTimeout(config.storeTimeoutMillis(), TimeUnit.MILLISECONDS);
    builder
        .clustering()
        .hash()
        .numOwners(options.copiesCount())
        .numSegments(SEGMENTS)
        .capacityFactor(keeps ? 1 : 0);
    builder
        .clustering()
        .partitionHandling()
        .whenSplit(PartitionHandling.DENY_READ_WRITES)
        .mergePolicy(MergePolicy.NONE);
    // A node that keeps nothing waits for nothing; there may be none yet that does.
    builder.clustering().stateTransfer().awaitInitialTransfer(keeps);
    builder.expiration().wakeUpInterval(EXPIRY_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    return builder.build();
  }

  /** The address of the node that owns a key now; empty while no node can keep values. */
  static Optional<UUID> owner(AdvancedCache<String, byte[]> cache, String key) {
    return Optional.ofNullable(distribution(cache, key).primary()).map(Address::getNodeUUID);
  }

  /** True if this node has the key's value itself. */
  static boolean isLocal(AdvancedCache<String, byte[]> cache, String key) {
    return distribution(cache, key).isReadOwner();
  }

  /** True if this node is the key's owner. */
  static boolean isPrimary(AdvancedCache<String, byte[]> cache, String key) {
    return distribution(cache, key).isPrimary();
  }

  /**
   * True if the value this node has may be read without asking the owner. Of several copies beside
   * the owner's one may have a change earlier than the others.
   */
  static boolean mayRead(AdvancedCache<String, byte[]> cache, String key) {
    DistributionInfo where = distribution(cache, key);
    return where.isReadOwner() && (where.isPrimary() || where.readOwners().size() <= 2);
  }

  /**
   * What this node's memory has of a key: null if nothing. It may have expired, be about to change,
   * or not be all there is, as when values move between nodes or files have more of them.
   */
  static byte @Nullable [] inMemory(AdvancedCache<String, byte[]> cache, String key) {
    InternalCacheEntry<String, byte[]> entry = cache.getDataContainer().peek(key);
    return entry == null
        ? null
        : (byte[]) cache.getValueDataConversion().fromStorage(entry.getValue());
  }

  private static DistributionInfo distribution(AdvancedCache<String, byte[]> cache, String key) {
    return cache.getDistributionManager().getCacheTopology().getDistribution(key);
  }

  /** True if the values are where they belong and this node is not cut off. */
  static boolean isSettled(AdvancedCache<String, byte[]> cache) {
    return cache.getAvailability() == AvailabilityMode.AVAILABLE
        && cache.getDistributionManager().getCacheTopology().getPhase()
            == CacheTopology.Phase.NO_REBALANCE;
  }

  /** True if it is settled on just these nodes. */
  static boolean isWhole(AdvancedCache<String, byte[]> cache, Set<UUID> nodes) {
    return isSettled(cache)
        && cache.getDistributionManager().getCacheTopology().getMembers().stream()
            .map(Address::getNodeUUID)
            .collect(Collectors.toSet())
            .equals(nodes);
  }

  @Override
  public void close() {
    manager.stop();
  }
}
