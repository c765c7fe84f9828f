package dev.skein.dive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.payload.Value;
import dev.skein.server.Server;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storages of a node that is alone, and their settings. */
class DiveTest {
  @TempDir private Path folder;

  /** A node with a storage that is kept in the folder "values" beside the configuration. */
  private Server start(String directory) throws IOException {
    Path file = folder.resolve("skein.yaml");
    Files.writeString(
        file,
        """
        modules:
          dive:
            storages:
              scores:
                directory: %s
                valueMaxBytes: 100
        """
            .formatted(directory));
    return Server.builder(NodeConfig.load(file, Map.of())).with(Dive.module()).start();
  }

  private static Storage scores(Server server) {
    return server.module(Dive.class).orElseThrow().open("scores");
  }

  @Test
  void aStorageWithADirectoryOutlivesItsNode() throws Exception {
    try (Server server = start("values")) {
      scores(server).increment("ann", 3).toCompletableFuture().join();
      scores(server).pushLast("list", Value.of("x"), Value.of(2)).toCompletableFuture().join();
      scores(server).set("bob", Value.of(1)).toCompletableFuture().join();
      scores(server).delete("bob").toCompletableFuture().join();
    }
    assertThat(folder.resolve("values")).isNotEmptyDirectory();
    try (Server server = start("values")) {
      assertThat(scores(server).increment("ann", 4).toCompletableFuture().join()).isEqualTo(7);
      assertThat(scores(server).range("list", 0, 9).toCompletableFuture().join())
          .containsExactly(Value.of("x"), Value.of(2));
      assertThat(scores(server).get("bob").toCompletableFuture().join()).isEmpty();
    }
  }

  @Test
  void nothingIsWrittenToDiskUnlessAskedFor() {
    try (Server server = Server.builder().with(Dive.module().storage("scores")).start()) {
      assertThat(scores(server).options().directory()).isEmpty();
      scores(server).increment("ann", 3).toCompletableFuture().join();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatCannotBeWrittenEndsTheStartWithItsKeyAndValue() throws Exception {
    Files.writeString(folder.resolve("in-the-way"), "a file");
    assertThatThrownBy(() -> start("in-the-way"))
        .isInstanceOfSatisfying(
            ConfigException.class,
            refused -> {
              assertThat(refused.key()).isEqualTo("modules.dive.storages.scores.directory");
              assertThat(refused.value()).isEqualTo(folder.resolve("in-the-way").toString());
              assertThat(refused.expected()).contains("a directory in which this process");
            });
  }

  @Test
  void anUnknownOptionOrOneOutOfItsRangeIsNamed() {
    for (String wrong : new String[] {"valueMaxBytes: 0", "colour: red", "exposed: maybe"}) {
      String[] setting = wrong.split(": ");
      NodeConfig config =
          NodeConfig.DEFAULTS.withModule(
              "dive", Map.of("storages.scores." + setting[0], setting[1]));
      assertThatThrownBy(() -> Server.builder(config).with(Dive.module()).start())
          .isInstanceOfSatisfying(
              ConfigException.class,
              refused -> {
                assertThat(refused.key()).endsWith(setting[0]);
                assertThat(refused.value()).isEqualTo(setting[1]);
              });
    }
  }
}
