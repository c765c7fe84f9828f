package dev.skein.mesh.clustered;

import dev.skein.mesh.engine.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FD_SOCK2;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.JDBC_PING2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.SHARED_LOOPBACK;
import org.jgroups.protocols.SHARED_LOOPBACK_PING;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.stack.Protocol;
import org.jgroups.util.DefaultSocketFactory;

/**
 * The protocols of a channel, bottom to top. What differs from the stacks JGroups ships was
 * measured: {@code RED} is left out, because it takes four fifths of the throughput under bursts;
 * credits are smaller than socket buffers, so that a frozen node never blocks a socket that others
 * share; and a busy node's messages leave together (docs/decisions/0013).
 */
final class Stack {
  static final int SOCKET_BUFFER_BYTES = 640_000;
  static final int CREDIT_BYTES = 400_000;
  static final int SUSPECT_MILLIS = 3_000;

  private static final int HEARTBEAT_MILLIS = 1_000;
  private static final int VERIFY_MILLIS = 500;
  private static final int MERGE_MIN_MILLIS = 2_000;
  private static final int MERGE_MAX_MILLIS = 6_000;
  private static final int VIEW_ACK_MILLIS = 1_000;
  private static final int LEAVE_MILLIS = 1_000;
  private static final int CONNECT_MILLIS = 1_000;
  private static final int FRAGMENT_BYTES = 60_000;
  private static final int IN_PROCESS_JOIN_MILLIS = 200;
  private static final int NOBODY_THERE_JOIN_MILLIS = 200;

  private Stack() {}

  /**
   * A channel that is not connected yet.
   *
   * @param self what the others know this node by
   * @param seeds where to ask for others
   * @param nobodyThere true if it is known that they will not answer
   */
  static JChannel channel(
      ClusterConfig config,
      Binding binding,
      Address self,
      List<InetSocketAddress> seeds,
      boolean nobodyThere,
      Views views)
      throws Exception {
    JavaObjects.refuseFromNodes();
    boolean inProcess = config.discovery() instanceof Discovery.InProcess;
    int joinMillis =
        inProcess
            ? IN_PROCESS_JOIN_MILLIS
            : nobodyThere ? NOBODY_THERE_JOIN_MILLIS : config.joinTimeoutMillis();
    List<Protocol> stack = new ArrayList<>();
    stack.add(inProcess ? quiet(new SHARED_LOOPBACK()) : tcp(binding));
    stack.add(discovery(config, seeds));
    stack.add(new MERGE3().setMinInterval(MERGE_MIN_MILLIS).setMaxInterval(MERGE_MAX_MILLIS));
    if (!inProcess) {
      stack.add(
          new FD_SOCK2()
              .setBindAddress(binding.host())
              .setOffset(ClusterConfig.DETECTION_PORT_OFFSET)
              .setPortRange(0));
    }
    stack.add(new FD_ALL3().setTimeout(SUSPECT_MILLIS).setInterval(HEARTBEAT_MILLIS));
    stack.add(new VERIFY_SUSPECT2().setTimeout(VERIFY_MILLIS));
    stack.add(new NAKACK2().useMcastXmit(false).logDiscardMessages(false));
    stack.add(new UNICAST3());
    stack.add(new STABLE());
    stack.add(new Admission(binding.protocolVersion()));
    stack.add(
        new GMS()
            .setJoinTimeout(joinMillis)
            .setLeaveTimeout(LEAVE_MILLIS)
            .setViewAckCollectionTimeout(VIEW_ACK_MILLIS)
            .printLocalAddress(false));
    stack.add(new UFC().setMaxCredits(CREDIT_BYTES));
    stack.add(new MFC().setMaxCredits(CREDIT_BYTES));
    stack.add(new FRAG4().setFragSize(FRAGMENT_BYTES));
    stack.add(views);
    JChannel channel = new JChannel(stack);
    channel.getProtocolStack().getTransport().getDiagnosticsHandler().setEnabled(false);
    channel.addAddressGenerator(() -> self);
    channel.setName(binding.name());
    return channel;
  }

  private static TP tcp(Binding binding) {
    TCP tcp = new TCP();
    tcp.setBindAddress(binding.host()).setBindPort(binding.port()).setPortRange(0);
    tcp.setSendBufSize(SOCKET_BUFFER_BYTES)
        .setRecvBufSize(SOCKET_BUFFER_BYTES)
        .tcpNodelay(true)
        .setSockConnTimeout(CONNECT_MILLIS);
    tcp.setBundler(new PatientBundler());
    // Those who only look whether somebody listens close without a word.
    tcp.logAcceptError(false).logDetails(false);
    binding.tls().ifPresent(tls -> tcp.setSocketFactory(new Doors(tls)));
    return quiet(tcp);
  }

  private static TP quiet(TP transport) {
    transport.useVirtualThreads(true);
    transport.setLogDiscardMessages(false);
    return transport;
  }

  private static Protocol discovery(ClusterConfig config, List<InetSocketAddress> seeds) {
    return switch (config.discovery()) {
      case Discovery.InProcess none -> new SHARED_LOOPBACK_PING();
      case Discovery.Jdbc jdbc ->
          new JDBC_PING2()
              .setConnectionDriver(driverOf(jdbc.url()))
              .setConnectionUrl(jdbc.url())
              .setConnectionUsername(jdbc.user())
              .setConnectionPassword(jdbc.password());
      case Discovery.Seeds fixed -> ping(seeds);
      case Discovery.Dns dns -> ping(seeds);
    };
  }

  private static String driverOf(String url) {
    try {
      return DriverManager.getDriver(url).getClass().getName();
    } catch (SQLException e) {
      throw new EngineException("no JDBC driver on the class path takes " + url, e);
    }
  }

  /** In a large cluster one answer has to tell of all nodes, so that a newcomer can reach them. */
  private static TCPPING ping(List<InetSocketAddress> seeds) {
    TCPPING ping = new TCPPING();
    ping.setInitialHosts(seeds);
    ping.setPortRange(0);
    ping.returnEntireCache(true);
    return ping;
  }

  /** Server sockets only for those who know the secret, client sockets with TLS. */
  private static final class Doors extends DefaultSocketFactory {
    private final SSLContext tls;

    private Doors(SSLContext tls) {
      super(tls);
      this.tls = tls;
    }

    @Override
    public ServerSocket createServerSocket(String serviceName) throws IOException {
      return new Gate(tls);
    }
  }

  /**
   * Where this node listens and who it is.
   *
   * @param tls empty: in the clear
   */
  record Binding(
      String name, InetAddress host, int port, Optional<SSLContext> tls, int protocolVersion) {}
}
