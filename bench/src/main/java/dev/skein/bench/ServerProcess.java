package dev.skein.bench;

import dev.skein.client.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A {@link BenchedServer} in a JVM of its own, asked over its standard input and output. One
 * thread.
 */
final class ServerProcess implements AutoCloseable {
  private static final long END_LIMIT_SECONDS = 15;

  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;
  private String entry = "";

  private ServerProcess(Process process) {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Starts a server that is alone, with the options the launcher gives a JVM; blocks. */
  static ServerProcess start(Transport transport, int windowMillis, Pinning pinning)
      throws IOException {
    ServerProcess server = begin(transport, windowMillis, pinning, List.of("0", "0", "1"));
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
    List<String> command = new ArrayList<>(pinning.serverPrefix());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xms512m",
            "-Xmx2g"));
    String more = System.getenv("SKEIN_SERVER_JAVA_OPTS");
    if (more != null && !more.isBlank()) {
      command.addAll(List.of(more.strip().split("\\s+")));
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            BenchedServer.class.getName(),
            transport.name(),
            Integer.toString(windowMillis)));
    command.addAll(mesh);
    return new ServerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Blocks until it is ready. */
  void awaitEntry() throws IOException {
    entry = answer("ENTRY ");
  }

  /** The server's HTTP role. */
  String entry() {
    return entry;
  }

  /** Bytes in use on its heap after a full collection. */
  long heapBytes() throws IOException {
    questions.write(BenchedServer.HEAP + "\n");
    questions.flush();
    return Long.parseLong(answer("HEAP "));
  }

  /** Processor time its process has used, user and system. */
  long cpuNanos() {
    return cpuNanos(process.toHandle());
  }

  static long cpuNanos(ProcessHandle handle) {
    return handle.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  private String answer(String prefix) throws IOException {
    String line;
    while ((line = answers.readLine()) != null) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
      }
    }
    throw new IOException("the server's process ended; its messages are above");
  }

  @Override
  public void close() throws IOException {
    questions.close();
    try {
      if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
