package dev.skein.bench;

import dev.skein.mesh.clustered.GivenChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.partitionhandling.PartitionHandling;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;

/**
 * Infinispan without Skein: a cache configured as a storage of Dive is, on the same kind of channel
 * but without Skein's protocols. Any thread.
 */
final class BareGrid implements AutoCloseable {
  private static final int SEGMENTS = 256;
  private static final int SOCKET_BUFFER_BYTES = 640_000;
  private static final int CREDIT_BYTES = 400_000;

  private final DefaultCacheManager manager;
  private final AdvancedCache<String, byte[]> cache;

  private BareGrid(DefaultCacheManager manager, AdvancedCache<String, byte[]> cache) {
    this.manager = manager;
    this.cache = cache;
  }

  /**
   * Joins the grid; blocks until it has its share.
   *
   * @param port to listen at
   * @param seed the port of a member; its own for the first
   */
  static BareGrid join(int port, int seed) throws Exception {
    GlobalConfigurationBuilder global = new GlobalConfigurationBuilder();
    global
        .transport()
        .defaultTransport()
        .addProperty(
            JGroupsTransport.CHANNEL_CONFIGURATOR, new GivenChannel("bare", channel(port, seed)))
        .clusterName("bare");
    global.jmx().disable();
    global.metrics().gauges(false).histograms(false);
    ConfigurationBuilder storage = new ConfigurationBuilder();
    storage.clustering().cacheMode(CacheMode.DIST_SYNC);
    storage.clustering().hash().numOwners(2).numSegments(SEGMENTS);
    storage.clustering().partitionHandling().whenSplit(PartitionHandling.DENY_READ_WRITES);
    DefaultCacheManager manager = new DefaultCacheManager(global.build());
    manager.defineConfiguration("bench", storage.build());
    return new BareGrid(manager, manager.<String, byte[]>getCache("bench").getAdvancedCache());
  }

  private static JChannel channel(int port, int seed) throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    TCP tcp = new TCP();
    tcp.setBindAddress(loopback).setBindPort(port).setPortRange(0);
    tcp.setSendBufSize(SOCKET_BUFFER_BYTES).setRecvBufSize(SOCKET_BUFFER_BYTES).tcpNodelay(true);
    tcp.useVirtualThreads(true);
    TCPPING ping = new TCPPING();
    ping.setInitialHosts(List.of(new InetSocketAddress(loopback, seed)));
    ping.setPortRange(0);
    JChannel channel =
        new JChannel(
            tcp,
            ping,
            new MERGE3(),
            new FD_ALL3(),
            new VERIFY_SUSPECT2(),
            new NAKACK2().useMcastXmit(false),
            new UNICAST3(),
            new STABLE(),
            new GMS().printLocalAddress(false),
            new UFC().setMaxCredits(CREDIT_BYTES),
            new MFC().setMaxCredits(CREDIT_BYTES),
            new FRAG4().setFragSize(60_000));
    channel.getProtocolStack().getTransport().getDiagnosticsHandler().setEnabled(false);
    return channel;
  }

  AdvancedCache<String, byte[]> cache() {
    return cache;
  }

  int members() {
    return manager.getMembers().size();
  }

  @Override
  public void close() {
    manager.stop();
  }
}
