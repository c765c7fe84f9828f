package dev.skein.bench;

import ch.qos.logback.classic.Level;
import dev.skein.cli.Logs;
import dev.skein.client.Transport;
import dev.skein.dm.DirectMessages;
import dev.skein.group.GroupOptions;
import dev.skein.group.Groups;
import dev.skein.room.RemoteJoin;
import dev.skein.room.RoomSettings;
import dev.skein.room.Rooms;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.Settings;
import dev.skein.server.config.Settings.LogFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A server that is measured: says where its HTTP role is once it is ready, then answers {@value
 * #HEAP} with its heap after a full collection and {@value Compilers#QUESTION} with the time its
 * compilers took, and ends with its standard input.
 */
final class BenchedServer {
  static final String HEAP = "heap";

  /** Weak references and cleaners take more than one collection. */
  private static final int COLLECTIONS = 3;

  private static final int LOGINS_PER_SECOND = 1_000_000;

  /** Thousands of logins at once, on the cores they share with the players, may take a while. */
  private static final int PATIENCE_MILLIS = 60_000;

  private static final Duration LOOK = Duration.ofMillis(20);

  private BenchedServer() {}

  /** The group everybody of {@code bench group} is in. */
  static final String GROUP = "everybody";

  private static final String NO_MESH = "0";

  /**
   * The arguments are the transport, the pack window in milliseconds, the mesh port, 0 for a node
   * that is alone, the first node's mesh port, the count of nodes, and what happens when a user
   * joins a room of another node.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Logs.configure(LogFormat.TEXT, Level.ERROR);
    ServerBuilder builder =
        alone(Transport.valueOf(args[0]), Integer.parseInt(args[1]), RemoteJoin.valueOf(args[5]));
    if (!args[2].equals(NO_MESH)) {
      builder
          .set(Settings.MESH_PORT, Integer.valueOf(args[2]))
          .set(Settings.MESH_SEEDS, List.of("127.0.0.1:" + args[3]))
          .set(Settings.MESH_NODES_MIN_COUNT, Integer.valueOf(args[4]))
          .set(Settings.MESH_CLUSTER_NAME, "bench-" + args[3])
          .set(Settings.MESH_REQUEST_TIMEOUT_MILLIS, PATIENCE_MILLIS);
    }
    try (Server server = builder.start();
        BufferedReader questions =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      while (!server.isReady()) {
        server.await(LOOK);
      }
      InetSocketAddress http = server.address(Role.HTTP).orElseThrow();
      System.out.println("ENTRY http://127.0.0.1:" + http.getPort());
      String question;
      while ((question = questions.readLine()) != null) {
        switch (question) {
          case HEAP -> System.out.println(HEAP + " " + heapBytes());
          case Compilers.QUESTION ->
              System.out.println(Compilers.QUESTION + " " + Compilers.millis());
          default -> throw new IllegalArgumentException(question);
        }
      }
    }
    System.exit(0);
  }

  private static ServerBuilder alone(Transport transport, int windowMillis, RemoteJoin remoteJoin) {
    Port port =
        switch (transport) {
          case UDP -> Port.udp(0);
          case TCP -> Port.tcp(0);
          case WS -> Port.websocket(0);
        };
    return Server.builder()
        .listen(Port.http(0), port)
        .with(Rooms.module().settings(RoomSettings.DEFAULT.withRemoteJoin(remoteJoin)))
        .with(Groups.module().staticGroup(GROUP, GroupOptions.builder().type(GROUP).build()))
        .with(DirectMessages.module())
        .packWindowMillis(windowMillis)
        .set(Settings.HTTP_LOGINS_PER_ADDRESS_PER_SECOND, LOGINS_PER_SECOND);
  }

  private static long heapBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
