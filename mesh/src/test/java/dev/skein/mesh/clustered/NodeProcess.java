package dev.skein.mesh.clustered;

import dev.skein.testkit.JavaProcess;
import java.io.IOException;
import java.util.List;

/** A node in a process of its own, to be killed and frozen. */
final class NodeProcess implements AutoCloseable {
  private final Process process;

  private NodeProcess(Process process) {
    this.process = process;
  }

  static NodeProcess start(int seed, String name) throws IOException {
    return new NodeProcess(
        JavaProcess.of(NodeProcess.class, Integer.toString(seed), name)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  static ClusterConfig.Builder config(int seed, String name) {
    return ClusterConfig.builder()
        .cluster("failure")
        .name(name)
        .port(0)
        .discovery(new Discovery.Seeds(List.of("127.0.0.1:" + seed)));
  }

  /** The node lives until its standard input ends, with its parent or because it is told to. */
  public static void main(String[] args) throws IOException {
    try (MeshedNode node = MeshedNode.start(config(Integer.parseInt(args[0]), args[1]))) {
      while (System.in.read() >= 0) {
        continue;
      }
    }
    System.exit(0);
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Has it leave as planned. */
  void stop() throws IOException {
    process.getOutputStream().close();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
