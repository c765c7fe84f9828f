package dev.skein.cli;

import dev.skein.testkit.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The command line in a JVM of its own, with everything it prints. */
final class SkeinProcess implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;
  private static final List<String> JVM_OPTIONS =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  private final Process process;
  private final BlockingQueue<String> stdout = new LinkedBlockingQueue<>();
  private final List<String> allStdout = new ArrayList<>();
  private final StringBuffer stderr = new StringBuffer();
  private final CompletableFuture<Void> stderrEnd;
  private final Thread reading;

  private SkeinProcess(Process process) {
    this.process = process;
    this.stderrEnd =
        CompletableFuture.runAsync(
            this::readStderr, task -> Thread.ofPlatform().daemon().start(task));
    this.reading = Thread.ofPlatform().daemon().start(this::readStdout);
  }

  static SkeinProcess start(String... arguments) throws IOException {
    return start(Map.of(), arguments);
  }

  /** The same with more in its environment. */
  static SkeinProcess start(Map<String, String> environment, String... arguments)
      throws IOException {
    ProcessBuilder builder = JavaProcess.of(JVM_OPTIONS, Skein.class, arguments);
    builder.environment().putAll(environment);
    return new SkeinProcess(builder.start());
  }

  /** Types these lines at it, and then nothing more. */
  void type(String... lines) throws IOException {
    try (Writer stdin = process.outputWriter(StandardCharsets.UTF_8)) {
      stdin.write(String.join("\n", lines) + "\n");
    }
  }

  /** The next line of stdout; an error if it does not come. */
  String nextLine() throws InterruptedException {
    String line = stdout.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("no line on stdout within " + LIMIT_SECONDS + " s: " + describe());
    }
    return line;
  }

  /** Asks it to end, as an orchestrator does. */
  void terminate() {
    // The handle leaves the pipes open, so that the last words are heard.
    process.toHandle().destroy();
  }

  /** Waits for its end; the exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running after " + LIMIT_SECONDS + " s: " + describe());
    }
    reading.join();
    return process.exitValue();
  }

  /** Every line of stdout so far; all of them after the end. */
  List<String> stdoutLines() {
    synchronized (allStdout) {
      return List.copyOf(allStdout);
    }
  }

  /** Everything on stderr; after the end. */
  String stderrText() {
    stderrEnd.join();
    return stderr.toString();
  }

  /** Everything on stderr until now. */
  String stderrSoFar() {
    return stderr.toString();
  }

  private void readStdout() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = lines.readLine()) != null) {
        synchronized (allStdout) {
          allStdout.add(line);
        }
        stdout.add(line);
      }
    } catch (IOException e) {
      stdout.add("stdout broke: " + e);
    }
  }

  private void readStderr() {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = lines.readLine()) != null) {
        stderr.append(line).append('\n');
      }
    } catch (IOException e) {
      stderr.append("stderr broke: ").append(e);
    }
  }

  private String describe() {
    process.destroyForcibly();
    return "stdout " + stdoutLines() + ", stderr " + stderrText();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
