package dev.skein.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.session.SessionConfig;
import dev.skein.server.config.Settings.DuplicateLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigTest {
  @TempDir Path directory;

  @Test
  void anEmptyFileIsTheProductionValues() throws IOException {
    NodeConfig config = load("");
    assertThat(config.session()).isEqualTo(SessionConfig.DEFAULTS);
    for (Setting<?> setting : Settings.all()) {
      assertThat((Object) config.get(setting)).isEqualTo(setting.defaultValue());
    }
  }

  @Test
  void everyDefaultIsWithinItsOwnRangeAndEveryNameIsUnique() {
    Set<String> names = new HashSet<>();
    for (Setting<?> setting : Settings.all()) {
      checkDefault(setting);
      assertThat(names.add(setting.key())).as(setting.key()).isTrue();
      assertThat(names.add(setting.environmentVariable())).as(setting.key()).isTrue();
    }
  }

  private static <T> void checkDefault(Setting<T> setting) {
    assertThat(setting.checked("test", setting.defaultValue())).isEqualTo(setting.defaultValue());
  }

  @Test
  void yamlSetsValuesOfEveryKind() throws IOException {
    NodeConfig config =
        load(
            """
            server:
              type: battle
              duplicateLogin: refuse
            udp:
              port: 7100
              host: 0.0.0.0
            http:
              corsOrigins: [ "https://a.example", "https://b.example" ]
            session:
              packWindowMillis: 20
              reliableOverflow: drop_newest
            """);
    assertThat(config.get(Settings.SERVER_TYPE)).isEqualTo("battle");
    assertThat(config.get(Settings.SERVER_DUPLICATE_LOGIN)).isEqualTo(DuplicateLogin.REFUSE);
    assertThat(config.get(Settings.UDP_PORT)).isEqualTo(7100);
    assertThat(config.get(Settings.UDP_HOST)).isEqualTo("0.0.0.0");
    assertThat(config.get(Settings.HTTP_CORS_ORIGINS))
        .containsExactly("https://a.example", "https://b.example");
    assertThat(config.session().packWindowMillis()).isEqualTo(20);
    assertThat(config.session().reliableOverflow()).isEqualTo(SessionConfig.Overflow.DROP_NEWEST);
  }

  @Test
  void theEnvironmentOverridesTheFile() throws IOException {
    Path file = write("node.yaml", "udp:\n  port: 7100\nmodules:\n  room:\n    ttlMillis: 5\n");
    NodeConfig config =
        NodeConfig.load(
            file,
            Map.of(
                "SKEIN_UDP_PORT", "7101",
                "SKEIN_SERVER_TYPE", "battle",
                "SKEIN_LIMITS_COMMAND_TIMEOUT_MILLIS", "99",
                "SKEIN_MODULES_ROOM_TTL_MILLIS", "6",
                "SKEIN_HOME", "belongs to another program",
                "PATH", "x"));
    assertThat(config.get(Settings.UDP_PORT)).isEqualTo(7101);
    assertThat(config.get(Settings.SERVER_TYPE)).isEqualTo("battle");
    assertThat(config.get(Settings.LIMITS_COMMAND_TIMEOUT_MILLIS)).isEqualTo(99);
    assertThat(config.module("room")).containsExactly(Map.entry("ttlMillis", "6"));
  }

  @Test
  void whatIsNotKnownIsRefusedByName() throws IOException {
    Path file = write("node.yaml", "udp:\n  prot: 7100\n");
    refused(file, Map.of(), file + ": udp.prot = 7100: expected a known key");
    Path empty = write("empty.yaml", "");
    refused(empty, Map.of("SKEIN_UDP_PROT", "1"), "SKEIN_UDP_PROT: SKEIN_UDP_PROT = 1: expected");
  }

  @Test
  void valuesOutOfTheirRangeOrTypeAreRefused() throws IOException {
    for (List<String> each :
        List.of(
            List.of("udp.port", "65536", "a whole number from -1 to 65535"),
            List.of("udp.port", "many", "a whole number"),
            List.of("udp.port", "1.5", "a whole number"),
            List.of("udp.port", "99999999999", "a whole number"),
            List.of("limits.commandQueueMaxCount", "0", "a whole number from 1"),
            List.of("server.duplicateLogin", "maybe", "one of replace, refuse"),
            List.of("session.idleTimeoutMillis", "99", "a whole number from 100"))) {
      String[] key = each.getFirst().split("\\.");
      Path file = write("bad.yaml", key[0] + ":\n  " + key[1] + ": " + each.get(1) + "\n");
      refused(file, Map.of(), each.getFirst() + " = " + each.get(1) + ": expected " + each.get(2));
      assertThat(load(key[0] + ":\n")).isNotNull();
    }
  }

  @Test
  void aLimitIsAcceptedToItsLastValue() throws IOException {
    assertThat(load("udp:\n  port: 65535\n").get(Settings.UDP_PORT)).isEqualTo(65_535);
    assertThat(load("session:\n  idleTimeoutMillis: 100\n").session().idleTimeoutMillis())
        .isEqualTo(100);
  }

  @Test
  void valuesThatContradictEachOtherAreRefused() throws IOException {
    NodeConfig config = load("session:\n  receiveWindowBytes: 2000\n");
    assertThatThrownBy(config::session)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("receiveWindowBytes 2000");
  }

  @Test
  void aMissingFileOrBrokenYamlIsOneClearLine() throws IOException {
    refused(directory.resolve("none.yaml"), Map.of(), "none.yaml");
    Path broken = write("broken.yaml", "udp: [\n");
    refused(broken, Map.of(), "expected well-formed YAML");
  }

  @Test
  void aModuleWithoutSettingsIsSwitchedOnByItsNameAlone() throws IOException {
    NodeConfig config = load("modules:\n  room:\n  group: {}\n  dive: true\n");
    assertThat(config.modules()).containsExactlyInAnyOrder("room", "group", "dive");
  }

  @Test
  void modulesKeepTheirSettingsAlsoFromAFileBesideTheConfiguration() throws IOException {
    write("room.yaml", "maxMembers: 20\nttlMillis: 1\n");
    NodeConfig config =
        load("modules:\n  room:\n    file: room.yaml\n    ttlMillis: 2\n  group: true\n");
    assertThat(config.modules()).containsExactlyInAnyOrder("room", "group");
    assertThat(config.module("room"))
        .containsEntry("maxMembers", "20")
        .containsEntry("ttlMillis", "2");
    assertThat(config.module("group")).isEmpty();
    assertThat(config.module("none")).isEmpty();
  }

  @Test
  void theBuilderChecksTheSameRanges() {
    assertThatThrownBy(() -> NodeConfig.DEFAULTS.with(Settings.UDP_PORT, 65_536))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e -> {
              assertThat(e.key()).isEqualTo("udp.port");
              assertThat(e.value()).isEqualTo("65536");
              assertThat(e.origin()).isEqualTo("builder");
            });
  }

  @Test
  void theDocumentationListsEverySettingWithItsDefault() throws IOException {
    String documentation = Files.readString(Path.of("../docs/CONFIGURATION.md"));
    for (Setting<?> setting : Settings.all()) {
      assertThat(documentation).contains(ConfigurationTable.row(setting));
    }
  }

  private NodeConfig load(String yaml) throws IOException {
    return NodeConfig.load(write("node.yaml", yaml), Map.of());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static void refused(Path file, Map<String, String> environment, String message) {
    assertThatThrownBy(() -> NodeConfig.load(file, environment))
        .isInstanceOf(ConfigException.class)
        .message()
        .contains(message)
        .doesNotContain("\n");
  }
}
