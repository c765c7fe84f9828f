package dev.skein.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plays through what the README shows, as programs would: processes, lines and exit codes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class DevProcessTest {
  private static final String READY = "READY ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private SkeinProcess dev;
  private JsonNode ready;

  @BeforeAll
  void startDev() throws Exception {
    dev = startOnFreePorts();
    ready = ready(dev);
  }

  @AfterAll
  void stopDev() {
    dev.close();
  }

  @Test
  void readyNamesEveryListener() {
    List<String> roles = new ArrayList<>();
    ready.fieldNames().forEachRemaining(roles::add);
    assertThat(roles).containsExactly("http", "udp", "tcp", "ws");
    roles.forEach(
        role -> assertThat(ready.get(role).asText()).matches("127\\.0\\.0\\.1:[1-9]\\d*"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"udp", "tcp", "ws"})
  void roomsOverEveryTransportLoseDoubleAndSwapNothing(String transport) throws Exception {
    JsonNode report =
        bot("room", "--transport", transport, "--bots", "20", "--rate", "20", "--seconds", "1");
    assertThat(report.get("bots").asInt()).isEqualTo(20);
    assertThat(report.get("connected").asInt()).isEqualTo(20);
    assertThat(report.get("sent").asInt()).isEqualTo(400);
    assertThat(report.get("expected").asInt()).isEqualTo(400 * 9);
    assertFlawless(report);
  }

  @Test
  void aHostileLineLosesNothingThatIsReliable() throws Exception {
    JsonNode report =
        bot(
            "room",
            "--bots=10",
            "--seconds=2",
            "--reliable",
            "--hostile=loss=10,duplicate=2,reorder=10,corrupt=1,delay=40,jitter=20,seed=3");
    assertFlawless(report);
    assertThat(report.get("retransmitted").asLong()).isPositive();
  }

  @Test
  void echoesComeBackToWhoSaidThem() throws Exception {
    JsonNode report = bot("echo", "--bots", "10", "--seconds", "1", "--unreliable");
    assertThat(report.get("expected").asLong()).isEqualTo(report.get("sent").asLong());
    assertFlawless(report);
  }

  @Test
  void aPlayerAtTheKeyboardSeesWhatItsCommandsDo() throws Exception {
    try (SkeinProcess client =
        SkeinProcess.start("client", "--http", http(), "--uid", "kim", "--transport", "tcp")) {
      client.type(
          "help",
          "echo is anybody there",
          "broadcast too early",
          "create lobby 4",
          "set score 5",
          "add score 2",
          "broadcast hello everyone",
          "chat good day",
          "members",
          "no-such-thing",
          "leave so long",
          "quit");
      assertThat(client.exitCode()).isZero();
      assertThat(String.join("\n", client.stdoutLines()))
          .containsSubsequence(
              "swap KEY EXPECTED|- VALUE",
              ": is anybody there",
              "you are in no room",
              "(lobby)",
              "now 7",
              "kim broadcasts: hello everyone",
              "kim: good day",
              ": kim",
              "unknown: no-such-thing",
              "you are out, LEFT: so long");
    }
  }

  @Test
  void aNodeThatServesIsLiveAndReady() throws Exception {
    assertThat(Skein.execute("health", "--live", "--http", http())).isZero();
    assertThat(Skein.execute("health", "--ready", "--http", http())).isZero();
  }

  @Test
  void aNodeThatIsNotThereIsNeither() throws Exception {
    try (ServerSocket closedSoon = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String nobody = "127.0.0.1:" + closedSoon.getLocalPort();
      closedSoon.close();
      assertThat(Skein.execute("health", "--live", "--http", nobody)).isEqualTo(1);
      assertThat(Skein.execute("health", "--ready", "--http", nobody)).isEqualTo(1);
    }
  }

  @Test
  void terminatingIsTheGoodEndAndStdoutHeldTheReadyLineOnly() throws Exception {
    try (SkeinProcess own = startOnFreePorts()) {
      ready(own);
      own.terminate();
      assertThat(own.exitCode()).isZero();
      assertThat(own.stdoutLines()).hasSize(1);
    }
  }

  @Test
  void aPortInUseIsOneLineAndExitCodeTwo() throws Exception {
    String taken = ready.get("tcp").asText();
    String port = taken.substring(taken.indexOf(':') + 1);
    try (SkeinProcess second =
        SkeinProcess.start(
            "dev", "--http-port=0", "--udp-port=0", "--tcp-port=" + port, "--ws-port=0")) {
      assertThat(second.exitCode()).isEqualTo(2);
      assertThat(second.stdoutLines()).isEmpty();
      assertThat(complaint(second)).contains(port);
    }
  }

  @Test
  void anUnknownKeyIsOneLineAndExitCodeTwo(@TempDir Path folder) throws Exception {
    Path config = folder.resolve("node.yaml");
    Files.writeString(config, "http:\n  port: 0\n  prot: 7000\n");
    try (SkeinProcess server = SkeinProcess.start("server", "--config", config.toString())) {
      assertThat(server.exitCode()).isEqualTo(2);
      assertThat(server.stdoutLines()).isEmpty();
      assertThat(complaint(server)).contains("http.prot");
    }
  }

  @Test
  void aServerRunsAsItsFileSays(@TempDir Path folder) throws Exception {
    Path config = folder.resolve("node.yaml");
    Files.writeString(
        config,
        """
        http:
          port: 0
        ws:
          port: 0
        log:
          format: JSON
        modules:
          room:
        """);
    try (SkeinProcess server = SkeinProcess.start("server", "--config", config.toString())) {
      JsonNode roles = ready(server);
      assertThat(roles.has("http")).isTrue();
      assertThat(roles.has("ws")).isTrue();
      assertThat(roles.has("udp")).isFalse();
      server.terminate();
      assertThat(server.exitCode()).isZero();
      assertThat(server.stderrText().lines()).allMatch(line -> line.startsWith("{"));
    }
  }

  private String http() {
    return ready.get("http").asText();
  }

  private JsonNode bot(String scene, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("bot", scene, "--http", http(), "--json"));
    arguments.addAll(List.of(options));
    try (SkeinProcess bots = SkeinProcess.start(arguments.toArray(String[]::new))) {
      int exitCode = bots.exitCode();
      assertThat(exitCode).as(() -> bots.stdoutLines() + bots.stderrText()).isZero();
      return JSON.readTree(bots.stdoutLines().getLast());
    }
  }

  private static void assertFlawless(JsonNode report) {
    assertThat(report.get("received").asLong())
        .as(report::toString)
        .isEqualTo(report.get("expected").asLong());
    assertThat(report.get("lost").asLong()).as(report::toString).isZero();
    assertThat(report.get("duplicated").asLong()).as(report::toString).isZero();
    assertThat(report.get("outOfOrder").asLong()).as(report::toString).isZero();
  }

  private static String complaint(SkeinProcess process) {
    List<String> lines =
        process.stderrText().lines().filter(line -> line.startsWith("skein ")).toList();
    assertThat(lines).hasSize(1);
    assertThat(process.stderrText()).doesNotContain("\tat ");
    return lines.getFirst();
  }

  private static SkeinProcess startOnFreePorts() throws Exception {
    return SkeinProcess.start(
        "dev", "--http-port=0", "--udp-port=0", "--tcp-port=0", "--ws-port=0");
  }

  private static JsonNode ready(SkeinProcess process) throws Exception {
    String line = process.nextLine();
    assertThat(line).startsWith(READY);
    return JSON.readTree(line.substring(READY.length()));
  }
}
