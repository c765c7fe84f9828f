package dev.skein.cli;

import static dev.skein.cli.Manifests.at;
import static dev.skein.cli.Manifests.map;
import static dev.skein.cli.Manifests.maps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.cli.Manifests.Manifest;
import dev.skein.mesh.clustered.ClusterConfig;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of deploy/ fit the settings, the command line and each other. */
class DeploymentTest {
  private static final Path DEPLOY = Path.of("..", "deploy");
  private static final Map<String, String> API_VERSIONS =
      Map.of(
          "ConfigMap", "v1",
          "Secret", "v1",
          "Service", "v1",
          "Deployment", "apps/v1",
          "StatefulSet", "apps/v1",
          "PodDisruptionBudget", "policy/v1",
          "NetworkPolicy", "networking.k8s.io/v1");

  private static Manifests manifests;

  @BeforeAll
  static void read() throws IOException {
    manifests = Manifests.read(DEPLOY.resolve("kubernetes"));
  }

  @Test
  void everyManifestIsOfAKnownKindAndHasANameOfItsOwn() {
    assertThat(manifests.all())
        .allSatisfy(each ->
            assertThat(at(each.fields(), "apiVersion")).isEqualTo(API_VERSIONS.get(each.kind())));
    assertThat(manifests.all())
        .extracting(each -> each.kind() + " " + each.name())
        .doesNotHaveDuplicates();
    assertThat(manifests.workloads()).hasSize(2);
  }

  @Test
  void everyPodStartsWithSettingsThatANodeAccepts() {
    for (Manifest workload : manifests.workloads()) {
      Map<String, String> environment = manifests.environment(workload);
      assertThat(environment.values()).as(workload.toString()).doesNotContainNull();
      assertThatCode(() -> NodeConfig.fromEnvironment(environment))
          .as(workload.toString())
          .doesNotThrowAnyException();
      List<String> arguments = Manifests.texts(workload.container().get("args"));
      assertThatCode(
              () -> Skein.commandLine(new Skein()).parseArgs(arguments.toArray(String[]::new)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void everyPortOfAPodIsThatOfItsSetting() {
    for (Manifest workload : manifests.workloads()) {
      NodeConfig config = NodeConfig.fromEnvironment(manifests.environment(workload));
      Map<String, Integer> configured = new TreeMap<>();
      for (String listener : List.of("http", "udp", "tcp", "ws", "mesh", "admin")) {
        Setting<?> port = Settings.named(listener + ".port").orElseThrow();
        if ((Integer) config.get(port) >= 0) {
          configured.put(listener, (Integer) config.get(port));
        }
      }
      int mesh = config.get(Settings.MESH_PORT);
      configured.put("mesh-detection", mesh + ClusterConfig.DETECTION_PORT_OFFSET);
      configured.put("mesh-frames", mesh + ClusterConfig.TRUNK_PORT_OFFSET);
      assertThat(workload.ports()).as(workload.toString()).isEqualTo(configured);
      for (Map<String, Object> port : maps(workload.container().get("ports"))) {
        assertThat(port.getOrDefault("hostPort", port.get("containerPort")))
            .isEqualTo(port.get("containerPort"));
        assertThat(port.getOrDefault("protocol", "TCP"))
            .isEqualTo("udp".equals(port.get("name")) ? "UDP" : "TCP");
      }
    }
  }

  @Test
  void nodesThatFindEachOtherByNameHaveAHeadlessServiceWithAllPods() {
    for (Manifest workload : manifests.workloads()) {
      String name =
          manifests.environment(workload).get(Settings.MESH_DNS_NAME.environmentVariable());
      Manifest service =
          manifests.ofKind("Service").stream()
              .filter(each -> each.name().equals(name))
              .findFirst()
              .orElseThrow();
      assertThat(at(service.fields(), "spec", "clusterIP")).isEqualTo("None");
      assertThat(at(service.fields(), "spec", "publishNotReadyAddresses")).isEqualTo(true);
      assertThat(manifests.selected(map(at(service.fields(), "spec", "selector"))))
          .containsExactlyInAnyOrderElementsOf(manifests.workloads());
    }
  }

  @Test
  void servicesPointAtPortsThatTheirPodsHave() {
    for (Manifest service : manifests.ofKind("Service")) {
      List<Manifest> pods = manifests.selected(map(at(service.fields(), "spec", "selector")));
      assertThat(pods).as(service.toString()).isNotEmpty();
      for (Map<String, Object> port : maps(at(service.fields(), "spec", "ports"))) {
        assertThat(pods)
            .allSatisfy(
                pod -> assertThat(pod.ports()).containsKey((String) port.get("targetPort")));
      }
    }
  }

  @Test
  void workloadsBudgetsAndPoliciesChooseTheirPods() {
    for (Manifest workload : manifests.workloads()) {
      Map<String, Object> chosen = map(at(workload.fields(), "spec", "selector", "matchLabels"));
      assertThat(manifests.selected(chosen)).containsExactly(workload);
    }
    for (Manifest budget : manifests.ofKind("PodDisruptionBudget")) {
      Map<String, Object> chosen = map(at(budget.fields(), "spec", "selector", "matchLabels"));
      assertThat(manifests.selected(chosen)).as(budget.toString()).hasSize(1);
    }
    Manifest policy = manifests.ofKind("NetworkPolicy").getFirst();
    assertThat(manifests.selected(map(at(policy.fields(), "spec", "podSelector", "matchLabels"))))
        .hasSize(2);
  }

  @Test
  void theNetworkPolicyNamesEveryPortOfThePods() {
    Manifest policy = manifests.ofKind("NetworkPolicy").getFirst();
    List<Object> allowed =
        maps(at(policy.fields(), "spec", "ingress")).stream()
            .flatMap(rule -> maps(rule.get("ports")).stream())
            .map(port -> port.get("port"))
            .toList();
    assertThat(manifests.workloads())
        .allSatisfy(workload -> assertThat(allowed).containsAll(workload.ports().keySet()));
  }

  @Test
  void probesAskTheOperatorsPort() {
    for (Manifest workload : manifests.workloads()) {
      for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        Object call = at(workload.container(), probe, "httpGet");
        assertThat(at(call, "port")).as(workload + " " + probe).isEqualTo("admin");
        assertThat(at(call, "path"))
            .isEqualTo(probe.equals("readinessProbe") ? "/health/ready" : "/health/live");
      }
    }
  }

  @Test
  void aPodIsGivenTimeForItsWholeDrain() {
    Manifest game =
        manifests.workloads().stream()
            .filter(w -> w.kind().equals("StatefulSet"))
            .findFirst()
            .orElseThrow();
    List<String> preStop =
        Manifests.texts(at(game.container(), "lifecycle", "preStop", "exec", "command"));
    Matcher deadline = Pattern.compile("--deadline (\\d+)").matcher(preStop.getLast());
    assertThat(deadline.find()).isTrue();
    int deadlineSeconds = Integer.parseInt(deadline.group(1));
    assertThat(deadlineSeconds * 1_000)
        .isGreaterThan(
            shutdownTimeoutMillis(NodeConfig.fromEnvironment(manifests.environment(game))));
    assertThat((Integer) game.podSpec().get("terminationGracePeriodSeconds"))
        .isGreaterThan(deadlineSeconds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"entry.yaml", "game.yaml"})
  void theFilesBesideTheUnitAreConfigurationsThatTheUnitHasTimeFor(String file) throws Exception {
    NodeConfig config = NodeConfig.load(DEPLOY.resolve("systemd").resolve(file), Map.of());
    assertThat(config.modules()).isNotEmpty();
    Matcher stop = Pattern.compile("TimeoutStopSec=(\\d+)").matcher(unit());
    assertThat(stop.find()).isTrue();
    assertThat(Integer.parseInt(stop.group(1)) * 1_000)
        .isGreaterThan(shutdownTimeoutMillis(config));
  }

  @Test
  void theSecretsOfTheUnitAreSettings() throws Exception {
    Map<String, String> secrets = new TreeMap<>();
    Files.readString(DEPLOY.resolve("systemd/secrets.env.example"))
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line ->
            secrets.put(
                line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
    assertThat(secrets).isNotEmpty();
    assertThatCode(() -> NodeConfig.fromEnvironment(secrets)).doesNotThrowAnyException();
  }

  @Test
  void systemdAcceptsTheUnit(@TempDir Path folder) throws Exception {
    Path analyze = Path.of("/usr/bin/systemd-analyze");
    assumeTrue(Files.isExecutable(analyze), "systemd-analyze is not installed");
    Path unit = folder.resolve("skein@node.service");
    // Verification asks whether the program is there, which it is only where Skein is installed.
    Files.writeString(unit, unit().replaceFirst("ExecStart=\\S+", "ExecStart=/bin/sh"));
    Process verify =
        new ProcessBuilder(analyze.toString(), "verify", "--man=no", unit.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(verify.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said.lines().filter(line -> line.contains("skein@"))).isEmpty();
  }

  @Test
  void theImageExposesEveryPortOfThePods() throws Exception {
    String image = Files.readString(DEPLOY.resolve("docker/Dockerfile"));
    Matcher exposed = Pattern.compile("(\\d+)/(udp|tcp)").matcher(image);
    List<Integer> ports = exposed.results().map(port -> Integer.valueOf(port.group(1))).toList();
    assertThat(manifests.workloads())
        .allSatisfy(workload -> assertThat(ports).containsAll(workload.ports().values()));
  }

  private static int shutdownTimeoutMillis(NodeConfig config) {
    return config.get(Settings.SERVER_SHUTDOWN_TIMEOUT_MILLIS);
  }

  private static String unit() throws IOException {
    return Files.readString(DEPLOY.resolve("systemd/skein@.service"));
  }
}
