package dev.skein.bench;

import ch.qos.logback.classic.Level;
import dev.skein.cli.Logs;
import dev.skein.dive.Dive;
import dev.skein.dive.Storage;
import dev.skein.server.Server;
import dev.skein.server.config.Settings;
import dev.skein.server.config.Settings.LogFormat;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One node of {@link DiveBench}: of a cluster with Dive, and of a bare grid beside it. */
final class DivePeer implements AutoCloseable {
  static final String READY = "READY";
  private static final String STORAGE = "bench";
  private static final long LOOK_MILLIS = 50;

  private final Server server;
  private final BareGrid grid;

  private DivePeer(Server server, BareGrid grid) {
    this.server = server;
    this.grid = grid;
  }

  /**
   * @param ports of this node: the mesh's and the grid's
   * @param seeds the same of the first node
   */
  static DivePeer join(String name, List<Integer> ports, List<Integer> seeds) throws Exception {
    Server server =
        Server.builder()
            .set(Settings.MESH_PORT, ports.get(0))
            .set(Settings.MESH_SEEDS, List.of("127.0.0.1:" + seeds.get(0)))
            .set(Settings.MESH_NODE_NAME, name)
            .with(Dive.module().storage(STORAGE))
            .start();
    return new DivePeer(server, BareGrid.join(ports.get(1), seeds.get(1)));
  }

  /**
   * Arguments: name, the two ports, the two seeds. Answers {@value Compilers#QUESTION} and lives
   * until its standard input ends.
   */
  public static void main(String[] args) throws Exception {
    Logs.configure(LogFormat.TEXT, Level.ERROR);
    List<Integer> ports = List.of(Integer.valueOf(args[1]), Integer.valueOf(args[2]));
    List<Integer> seeds = List.of(Integer.valueOf(args[3]), Integer.valueOf(args[4]));
    try (DivePeer peer = join(args[0], ports, seeds)) {
      peer.awaitNodes(1);
      System.out.println(READY);
      BufferedReader questions =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      String question;
      while ((question = questions.readLine()) != null) {
        System.out.println(question + " " + Compilers.millis());
      }
    }
    System.exit(0);
  }

  /** Blocks until so many nodes, or more, are there and everything is where it belongs. */
  void awaitNodes(int count) throws InterruptedException {
    while (!server.isReady() || server.mesh().nodes().size() < count || grid.members() < count) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  Storage storage() {
    return server.module(Dive.class).orElseThrow().open(STORAGE);
  }

  BareGrid grid() {
    return grid;
  }

  @Override
  public void close() {
    grid.close();
    server.close();
  }
}
