package dev.skein.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps the server and the players on processors of their own, so that neither disturbs the other
 * and runs can be compared; with {@code taskset}, so on Linux only.
 *
 * @param server the server's processors, empty for no pinning
 * @param players the players', empty for no pinning
 */
record Pinning(String server, String players) {
  private static final String ALL = "all";
  private static final Pinning NONE = new Pinning("", "");

  /** The first processor for the server and the others for the players, where that can be done. */
  static Pinning automatic() {
    int processors = Runtime.getRuntime().availableProcessors();
    return processors < 2 || !hasTaskset() ? NONE : new Pinning("0", "1-" + (processors - 1));
  }

  /** These processors for the server, the players unpinned; {@code all} for no pinning. */
  static Pinning of(String serverCpus) {
    return serverCpus.equals(ALL) ? NONE : new Pinning(serverCpus, "");
  }

  /** What to put before the server's command. */
  List<String> serverPrefix() {
    return server.isEmpty() ? List.of() : List.of("taskset", "-c", server);
  }

  /** Moves this process, every thread of it, to the players' processors. */
  void moveHere() throws IOException, InterruptedException {
    if (!players.isEmpty()) {
      List<String> command = new ArrayList<>(List.of("taskset", "-a", "-p", "-c", players));
      command.add(Long.toString(ProcessHandle.current().pid()));
      new ProcessBuilder(command)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start()
          .waitFor();
    }
  }

  private static boolean hasTaskset() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "taskset")));
  }
}
