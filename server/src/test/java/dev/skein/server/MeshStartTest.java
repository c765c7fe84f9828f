package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeshStartTest {
  private static final String SECRET = "SKEIN_MESH_SECRET=sixteen letters!!";

  @Test
  void aNodeIsAloneUnlessItHasAMeshPort() {
    assertThat(MeshStart.isClustered(NodeConfig.DEFAULTS)).isFalse();
    assertThat(MeshStart.isClustered(config("SKEIN_MESH_PORT=7800"))).isTrue();
  }

  @Test
  void theTypeOfANodeComesFromTheEnvironment() {
    assertThat(config("SKEIN_SERVER_TYPE=battle").get(Settings.SERVER_TYPE)).isEqualTo("battle");
  }

  @Test
  void waysToFindOthersWithoutAPortAreRefused() {
    refused("mesh.port", "-1", "SKEIN_MESH_SEEDS=a:1");
    refused("mesh.port", "-1", "SKEIN_MESH_DNS_NAME=nodes.example");
  }

  @Test
  void twoWaysToFindOthersAreRefused() {
    refused(
        "mesh.jdbcUrl",
        "jdbc:x",
        "SKEIN_MESH_PORT=7800",
        "SKEIN_MESH_SEEDS=a:1",
        "SKEIN_MESH_JDBC_URL=jdbc:x");
  }

  @Test
  void aMeshOffLoopbackNeedsASecret() {
    refused("mesh.secret", "", "SKEIN_MESH_PORT=7800", "SKEIN_MESH_HOST=192.0.2.1");
  }

  @Test
  void aShortSecretIsRefusedAndNotShown() {
    assertThatThrownBy(() -> open("SKEIN_MESH_PORT=7800", "SKEIN_MESH_SECRET=letmein"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mesh.secret")
        .hasMessageNotContaining("letmein");
  }

  @Test
  void anAddressOthersCannotReachIsRefused() {
    refused("mesh.host", "0.0.0.0", "SKEIN_MESH_PORT=7800", "SKEIN_MESH_HOST=0.0.0.0", SECRET);
  }

  @Test
  void seedsAreAddressesWithPorts() {
    refused("mesh.seeds", "a:1,b", "SKEIN_MESH_PORT=7800", "SKEIN_MESH_SEEDS=a:1,b");
  }

  @Test
  void aNodeNobodyCouldFindIsRefused() {
    refused("mesh.port", "0", "SKEIN_MESH_PORT=0");
  }

  @Test
  void aQueueHoldsTheLargestMessage() {
    refused(
        "mesh.sendQueueMaxBytes",
        "65536",
        "SKEIN_MESH_PORT=7800",
        "SKEIN_MESH_SEND_QUEUE_MAX_BYTES=65536");
  }

  @Test
  void nodesWithOneSecretComeToOneKey() {
    String one = key(true, false, SECRET).print();
    assertThat(key(true, false, SECRET).print()).isEqualTo(one);
    assertThat(key(true, false, "SKEIN_MESH_SECRET=other letters!!!!").print()).isNotEqualTo(one);
    assertThat(one).hasSize(16);
  }

  @Test
  void aClusterWithoutAnySecretIsForDevelopmentOnly() {
    assertThat(key(true, true).print()).isEqualTo(key(true, true).print());
    assertThatThrownBy(() -> key(true, false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("server.masterKey");
  }

  @Test
  void aNodeThatIsAloneMakesUpAKey() {
    assertThat(key(false, false).bytes()).hasSize(32);
  }

  private static MasterKey key(boolean clustered, boolean dev, String... environment) {
    return MasterKey.of(config(environment), clustered, dev, new Random(1));
  }

  private static void refused(String key, String value, String... environment) {
    assertThatThrownBy(() -> open(environment))
        .isInstanceOfSatisfying(
            ConfigException.class,
            refusal -> {
              assertThat(refusal.key()).isEqualTo(key);
              assertThat(refusal.value()).isEqualTo(value);
              assertThat(refusal.expected()).isNotBlank();
            });
  }

  private static void open(String... environment) {
    MeshStart.open(config(environment), Optional.empty(), 1, List.of(Role.UDP), "1").close();
  }

  private static NodeConfig config(String... environment) {
    Map<String, String> variables = new HashMap<>();
    Arrays.stream(environment)
        .map(each -> each.split("=", 2))
        .forEach(pair -> variables.put(pair[0], pair[1]));
    return NodeConfig.fromEnvironment(variables);
  }
}
