package dev.skein.simulation;

import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.engine.Engine;

/** The engine of one simulated node. */
final class SimEngine implements Engine {
  private final SimNet net;
  private final SimStores stores;
  private final SimRuntime runtime;
  private final String address;
  private final String type;

  SimEngine(SimNet net, SimStores stores, SimRuntime runtime, String address, String type) {
    this.net = net;
    this.stores = stores;
    this.runtime = runtime;
    this.address = address;
    this.type = type;
  }

  @Override
  public void start(Listener listener) {
    net.join(address, type, runtime, listener);
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public boolean isReady() {
    return net.isWithMajority(address);
  }

  @Override
  public boolean send(String to, byte[] frame, boolean reliable) {
    return net.send(address, to, frame, reliable);
  }

  @Override
  public Store store(StoreOptions options, Store.Operator operator) {
    return stores.open(options, operator, address, runtime);
  }

  @Override
  public void close() {
    net.leave(address);
  }
}
