package dev.skein.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Asks a node how it is, for probes of an orchestrator. */
@Command(
    name = "health",
    description = "Exit code 0 if the node lives, or is ready for users; 1 if not.",
    mixinStandardHelpOptions = true)
final class HealthCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

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

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7000",
      description = "The node's HTTP role; ${DEFAULT-VALUE} unless given.")
  private String http = "";

  @Override
  public Integer call() throws InterruptedException {
    URI uri = Addresses.http(http).resolve(question.path());
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      System.out.println(status == 200 ? "OK" : "NOT OK: " + uri + " answered " + status);
      return status == 200 ? 0 : 1;
    } catch (IOException e) {
      System.out.println("NOT OK: " + uri + " does not answer");
      return 1;
    }
  }
}
