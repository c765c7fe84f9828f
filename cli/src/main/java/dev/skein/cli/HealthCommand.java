package dev.skein.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a node how it is, for probes of an orchestrator. */
@Command(
    name = "health",
    description = "Exit code 0 if the node lives, or is ready for users; 1 if not.",
    mixinStandardHelpOptions = true)
final class HealthCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  private Question question = new Question();

  /** Exactly one of the two. */
  static final class Question {
    @Option(names = "--live", required = true, description = "Does the process answer?")
    private boolean live;

    @Option(names = "--ready", required = true, description = "Does it accept users?")
    private boolean ready;

    String path() {
      return ready ? "/health/ready" : "/health/live";
    }
  }

  @Mixin private NodeHttp.Entry http = new NodeHttp.Entry();

  @Override
  public Integer call() throws InterruptedException {
    try (NodeHttp node = http.open()) {
      int status = node.status(question.path());
      System.out.println(
          status == 200
              ? "OK"
              : "NOT OK: " + node.address(question.path()) + " answered " + status);
      return status == 200 ? 0 : 1;
    } catch (IllegalStateException e) {
      System.out.println("NOT OK: " + e.getMessage());
      return 1;
    }
  }
}
