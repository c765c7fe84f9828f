package dev.skein.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A node in a process of its own. What it prints comes out on this process's stderr, its name
 * before each line. Any thread may call.
 */
final class ChildNode {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Process process;
  private final Thread logs;
  private final CompletableFuture<JsonNode> ready = new CompletableFuture<>();

  private ChildNode(String name, Process process) {
    this.name = name;
    this.process = process;
    this.logs = Thread.ofPlatform().name(name + "-logs").daemon().start(this::repeatLogs);
    Thread.ofPlatform().name(name + "-ready").daemon().start(this::awaitReadyLine);
  }

  /** Starts it. Its stdin stays open as long as this process lives. */
  static ChildNode start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return new ChildNode(name, builder.start());
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  /** The addresses of its READY line; fails if it ends before it says them. */
  CompletableFuture<JsonNode> ready() {
    return ready;
  }

  /** Its exit code, when it has ended and everything it said was repeated. */
  CompletableFuture<Integer> ended() {
    return process
        .onExit()
        .thenApplyAsync(ended -> {
          joinLogs();
          return ended.exitValue();
        });
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Asks it to end. */
  void terminate() {
    // Destroying through the handle leaves the pipes open, so that its last words are heard.
    process.toHandle().destroy();
  }

  /** Waits for its end; ends it by force if that does not come within the limit. */
  void awaitEnd(Duration limit) {
    try {
      ended().get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      repeat("did not end within " + limit.toSeconds() + " s and is killed");
      process.destroyForcibly();
    } catch (ExecutionException | InterruptedException e) {
      process.destroyForcibly();
    }
  }

  private void awaitReadyLine() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.startsWith(Node.READY)) {
          ready.complete(JSON.readTree(line.substring(Node.READY.length())));
        } else {
          repeat(line);
        }
      }
    } catch (IOException e) {
      repeat("its stdout broke: " + e.getMessage());
    } finally {
      ready.completeExceptionally(new IllegalStateException(name + " has ended"));
    }
  }

  private void repeatLogs() {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(this::repeat);
    } catch (IOException | UncheckedIOException e) {
      repeat("its stderr broke: " + e.getMessage());
    }
  }

  private void repeat(String line) {
    System.err.println(name + " | " + line);
  }

  private void joinLogs() {
    try {
      logs.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
