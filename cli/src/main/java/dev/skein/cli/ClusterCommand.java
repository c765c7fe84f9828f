package dev.skein.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.cli.bot.ProgressLine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks at a cluster that runs, and empties its nodes. */
@Command(
    name = "cluster",
    description = "Shows the nodes of a cluster, and empties one for its end.",
    mixinStandardHelpOptions = true,
    subcommands = {ClusterCommand.Status.class, ClusterCommand.Drain.class})
final class ClusterCommand {

  /** Lists the nodes. */
  @Command(
      name = "status",
      description = {
        "Lists the nodes of the cluster as the asked node sees them: name, roles, type, state,",
        "connected users, version, uptime and the round trip to it through the mesh."
      },
      mixinStandardHelpOptions = true,
      footer = "Exit codes: 0 listed, 1 the node does not answer, 2 bad arguments.")
  static final class Status implements Callable<Integer> {
    @Mixin private NodeHttp.Options http = new NodeHttp.Options();

    @Option(names = "--json", description = "{\"nodes\":[…]} on one line, in place of the table.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      try (NodeHttp node = http.open()) {
        JsonNode cluster = node.cluster();
        System.out.println(json ? cluster.toString() : ClusterTable.of(cluster));
        return 0;
      }
    }
  }

  /** Empties a node and waits until it is gone. */
  @Command(
      name = "drain",
      description = {
        "Makes a node OFFLINE, has it move its users and rooms to the other nodes and end; waits",
        "until it is gone. What SIGTERM does, from anywhere."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "Exit codes: 0 the node is gone, 1 it is still there after the deadline or nobody answers,",
        "2 bad arguments or no such node."
      })
  static final class Drain implements Callable<Integer> {
    private static final int DEADLINE_MAX_SECONDS = 3_600;
    private static final Duration POLL = Duration.ofMillis(250);

    /** Beyond the node's deadline, for its end itself to be seen by the others. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    @Mixin private NodeHttp.Options http = new NodeHttp.Options();

    @Parameters(paramLabel = "NODE", description = "Its name or mesh address, as status lists it.")
    private String name = "";

    @Option(
        names = "--deadline",
        paramLabel = "SECONDS",
        defaultValue = "60",
        description = {
          "When the node ends though users are still connected, who are then disconnected;",
          "${DEFAULT-VALUE}."
        })
    private int deadlineSeconds;

    @Override
    public Integer call() throws InterruptedException {
      if (deadlineSeconds < 1 || deadlineSeconds > DEADLINE_MAX_SECONDS) {
        throw new Refusal(
            "--deadline " + deadlineSeconds + " is not within 1.." + DEADLINE_MAX_SECONDS);
      }
      try (NodeHttp node = http.open()) {
        String address = address(node.cluster());
        node.drain(address, Duration.ofSeconds(deadlineSeconds));
        return awaitGone(node, address) ? 0 : 1;
      }
    }

    private String address(JsonNode cluster) {
      return find(cluster, name)
          .map(found -> found.path("address").asText())
          .orElseThrow(() -> new Refusal("no node of this cluster is called " + name));
    }

    private boolean awaitGone(NodeHttp entry, String address) throws InterruptedException {
      ProgressLine progress = ProgressLine.onTerminal();
      long deadline =
          System.nanoTime() + Duration.ofSeconds(deadlineSeconds).plus(MARGIN).toNanos();
      while (System.nanoTime() < deadline) {
        Optional<JsonNode> still = find(entry.cluster(), address);
        if (still.isEmpty()) {
          progress.clear();
          System.out.println(name + " is drained and gone");
          return true;
        }
        progress.show(
            name + " is " + still.get().path("state").asText() + ", users: " + ccu(still.get()));
        Thread.sleep(POLL);
      }
      progress.clear();
      System.out.println(name + " is still there after " + deadlineSeconds + " s");
      return false;
    }

    private static int ccu(JsonNode node) {
      return node.path("ccu").asInt();
    }

    private static Optional<JsonNode> find(JsonNode cluster, String nameOrAddress) {
      for (JsonNode node : cluster.path("nodes")) {
        if (nameOrAddress.equals(node.path("address").asText())
            || nameOrAddress.equals(node.path("name").asText())) {
          return Optional.of(node);
        }
      }
      return Optional.empty();
    }
  }
}
