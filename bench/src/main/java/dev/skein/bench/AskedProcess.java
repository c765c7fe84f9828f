package dev.skein.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A class of this program in a JVM of its own, asked over its standard input and output; it ends
 * with its input. One thread.
 */
final class AskedProcess implements AutoCloseable {
  private static final long END_LIMIT_SECONDS = 15;

  private final Process process;
  private final BufferedReader answers;
  private final Writer questions;

  /**
   * Starts it, with the options the launcher gives a JVM, and does not wait for it.
   *
   * @param prefix what to put before the command
   * @param options more for the JVM
   */
  AskedProcess(List<String> prefix, List<String> options, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Blocks until it says a line that begins so; gives the rest of that. */
  String await(String prefix) throws IOException {
    String line;
    while ((line = answers.readLine()) != null) {
      if (line.startsWith(prefix)) {
        return line.substring(prefix.length());
      }
    }
    throw new IOException("the process has ended; its messages are above");
  }

  /** Asks for a number; its answer repeats the question before it. */
  long ask(String question) throws IOException {
    questions.write(question + "\n");
    questions.flush();
    return Long.parseLong(await(question + " "));
  }

  /** Processor time it has used, user and system. */
  long cpuNanos() {
    return cpuNanos(process.toHandle());
  }

  static long cpuNanos(ProcessHandle handle) {
    return handle.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
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
