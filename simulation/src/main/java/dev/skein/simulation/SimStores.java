package dev.skein.simulation;

import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The stores of a simulated cluster, and which values die with which nodes. */
final class SimStores {
  /** How long a value has fewer copies than it should after one of its holders has crashed. */
  private static final long REBALANCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final SimNet net;
  private final Map<String, SimStore> byName = new LinkedHashMap<>();
  private final Set<String> unreplaced = new HashSet<>();

  SimStores(SimNet net) {
    this.net = net;
  }

  Store open(StoreOptions options, Store.Operator operator, String address, SimRuntime runtime) {
    return byName
        .computeIfAbsent(options.name(), name -> new SimStore(net, options, operator))
        .openAt(address, runtime);
  }

  /** A node is about to be taken out of the cluster without notice. */
  void crash(String address) {
    unreplaced.add(address);
    byName.values().forEach(store -> store.lose(unreplaced));
    net.clock().after(REBALANCE_NANOS, () -> unreplaced.remove(address));
  }
}
