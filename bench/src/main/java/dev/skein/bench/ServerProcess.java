package dev.skein.bench;

import dev.skein.client.Transport;
import dev.skein.room.RemoteJoin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A {@link BenchedServer} in a JVM of its own. One thread. */
final class ServerProcess implements AutoCloseable {
  private final AskedProcess process;
  private String entry = "";

  private ServerProcess(AskedProcess process) {
    this.process = process;
  }

  /** Starts a server that is alone; blocks. */
  static ServerProcess start(Transport transport, int windowMillis, Pinning pinning)
      throws IOException {
    ServerProcess server =
        begin(transport, windowMillis, pinning, List.of("0", "0", "1", RemoteJoin.RELAY.name()));
    server.awaitEntry();
    return server;
  }

  /**
   * Starts one and does not wait for it.
   *
   * @param mesh the last arguments of {@link BenchedServer}
   */
  static ServerProcess begin(
      Transport transport, int windowMillis, Pinning pinning, List<String> mesh)
      throws IOException {
    List<String> options = new ArrayList<>(List.of("-Xms512m", "-Xmx2g"));
    String more = System.getenv("SKEIN_SERVER_JAVA_OPTS");
    if (more != null && !more.isBlank()) {
      options.addAll(List.of(more.strip().split("\\s+")));
    }
    List<String> arguments =
        new ArrayList<>(List.of(transport.name(), Integer.toString(windowMillis)));
    arguments.addAll(mesh);
    return new ServerProcess(
        new AskedProcess(pinning.serverPrefix(), options, BenchedServer.class, arguments));
  }

  /** Blocks until it is ready. */
  void awaitEntry() throws IOException {
    entry = process.await("ENTRY ");
  }

  /** The server's HTTP role. */
  String entry() {
    return entry;
  }

  /** Bytes in use on its heap after a full collection. */
  long heapBytes() throws IOException {
    return process.ask(BenchedServer.HEAP);
  }

  /** How long its compilers have worked. */
  long compiledMillis() throws IOException {
    return process.ask(Compilers.QUESTION);
  }

  /** Processor time its process has used, user and system. */
  long cpuNanos() {
    return process.cpuNanos();
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
