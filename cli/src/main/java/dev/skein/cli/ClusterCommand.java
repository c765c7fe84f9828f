package dev.skein.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.skein.cli.bot.ProgressLine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
        "Lists the nodes of the cluster as the asked node sees them: address, roles, type, state,",
        "connected users, version, uptime and the round trip to it through the mesh."
      },
      mixinStandardHelpOptions = true,
      footer = "Exit codes: 0 listed, 1 the node does not answer, 2 bad arguments.")
  static final class Status implements Callable<Integer> {
    @Mixin private NodeHttp.OperatorEntry http = new NodeHttp.OperatorEntry();

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
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** From the deadline on: to disconnect who is left, hand over what the node keeps, and end. */
    private static final Duration END_MARGIN = Duration.ofSeconds(15);

    @Mixin private NodeHttp.OperatorEntry http = new NodeHttp.OperatorEntry();

    @Parameters(paramLabel = "NODE", description = "Its mesh address, as status lists it.")
    private String name = "";

    @Option(
        names = "--deadline",
        paramLabel = "SECONDS",
        description = {
          "After that time the node disconnects the users who have not moved, and ends. Unless",
          "given, its server.shutdownTimeoutMillis, and this command waits 60 s for its end."
        })
    private @Nullable Integer deadlineSeconds;

    @Override
    public Integer call() throws InterruptedException {
      if (deadlineSeconds != null
          && (deadlineSeconds < 1 || deadlineSeconds > DEADLINE_MAX_SECONDS)) {
        throw new Refusal(
            "--deadline " + deadlineSeconds + " is not within 1.." + DEADLINE_MAX_SECONDS);
      }
      Optional<Duration> deadline = Optional.ofNullable(deadlineSeconds).map(Duration::ofSeconds);
      try (NodeHttp entry = http.open()) {
        JsonNode cluster = entry.cluster();
        if (find(cluster).isEmpty()) {
          throw new Refusal("there is no node " + name + " in this cluster");
        }
        entry.drain(name, deadline);
        Duration limit = deadline.map(END_MARGIN::plus).orElse(PATIENCE);
        return awaitGone(entry, name.equals(cluster.path("node").asText()), limit) ? 0 : 1;
      }
    }

    private boolean awaitGone(NodeHttp entry, boolean asksItself, Duration limit)
        throws InterruptedException {
      ProgressLine progress = ProgressLine.onTerminal();
      long endNanos = System.nanoTime() + limit.toNanos();
      while (System.nanoTime() - endNanos < 0) {
        Optional<JsonNode> draining = asksItself ? whileItAnswers(entry) : find(entry.cluster());
        if (draining.isEmpty()) {
          progress.clear();
          System.out.println(name + " is drained and gone");
          return true;
        }
        JsonNode node = draining.get();
        progress.show(
            name + " is " + node.path("state").asText() + ", users: " + node.path("ccu").asInt());
        Thread.sleep(POLL);
      }
      progress.clear();
      System.err.println(
          "skein cluster drain: " + name + " is still there after " + limit.toSeconds() + " s");
      return false;
    }

    /** The draining node itself is gone when it no longer answers. */
    private Optional<JsonNode> whileItAnswers(NodeHttp entry) throws InterruptedException {
      try {
        return find(entry.cluster());
      } catch (IllegalStateException gone) {
        return Optional.empty();
      }
    }

    private Optional<JsonNode> find(JsonNode cluster) {
      for (JsonNode node : cluster.path("nodes")) {
        if (name.equals(node.path("node").asText())) {
          return Optional.of(node);
        }
      }
      return Optional.empty();
    }
  }
}
