package dev.skein.dive;

import dev.skein.server.Server;
import dev.skein.server.config.Settings;
import dev.skein.testkit.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** A node of Dive in a process of its own, to be killed. */
final class DiveNode implements AutoCloseable {
  private static final String READY = "READY";

  /** Longer than any trouble, so that a call that fails has really failed. */
  private static final int CALL_MILLIS = 20_000;

  private static final Duration LOOK = Duration.ofMillis(10);

  private final Process process;
  private final BufferedReader words;

  private DiveNode(Process process) {
    this.process = process;
    this.words = process.inputReader(StandardCharsets.UTF_8);
  }

  /** A server with the storage "soak", in this process. */
  static Server server(int port, int seed, String name) {
    return Server.builder()
        .set(Settings.MESH_PORT, port)
        .set(Settings.MESH_SEEDS, List.of("127.0.0.1:" + seed))
        .set(Settings.MESH_NODE_NAME, name)
        .set(Settings.MESH_CLUSTER_NAME, "dive-soak")
        .set(Settings.MESH_REQUEST_TIMEOUT_MILLIS, CALL_MILLIS)
        .set(Settings.SERVER_SHARDS_COUNT, 1)
        .with(Dive.module().storage("soak"))
        .start();
  }

  static DiveNode start(int seed, String name) throws IOException {
    return new DiveNode(
        JavaProcess.of(DiveNode.class, Integer.toString(seed), name)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /** Lives until its standard input ends, with its parent. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Server server = server(0, Integer.parseInt(args[0]), args[1]);
    while (!server.isReady()) {
      server.await(LOOK);
    }
    System.out.println(READY);
    while (System.in.read() >= 0) {
      continue;
    }
    System.exit(0);
  }

  /** Blocks until it has its share of the values; an error if it ended before. */
  void awaitReady() throws IOException {
    String line;
    do {
      line = words.readLine();
    } while (line != null && !line.equals(READY));
    if (line == null) {
      throw new AssertionError("the node has ended before it was ready");
    }
  }

  /** Ends it as {@code kill -9} does. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
