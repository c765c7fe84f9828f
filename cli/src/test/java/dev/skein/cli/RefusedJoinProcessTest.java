package dev.skein.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.mesh.clustered.MeshPorts;
import dev.skein.server.Port;
import dev.skein.server.Server;
import dev.skein.server.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes the cluster does not let in, as processes: what they say and how they end. */
@Timeout(180)
class RefusedJoinProcessTest {
  private static final String SECRET = "correct horse battery staple";

  @Test
  void aWrongSecretAndATakenNameEndTheProcessWithOneLineThatSaysSo(@TempDir Path folder)
      throws Exception {
    int port = MeshPorts.free(1).getFirst();
    try (Server first =
            Server.builder()
                .listen(Port.udp(0))
                .set(Settings.MESH_PORT, port)
                .set(Settings.MESH_SECRET, SECRET)
                .set(Settings.MESH_NODE_NAME, "first")
                .start();
        SkeinProcess stranger = join(folder, port, "stranger", "another long secret");
        SkeinProcess twin = join(folder, port, "first", SECRET)) {
      assertThat(stranger.exitCode()).as(stranger::stderrText).isEqualTo(1);
      assertThat(stranger.stderrText()).contains("skein server: ").contains("another secret");
      assertThat(twin.exitCode()).as(twin::stderrText).isEqualTo(1);
      assertThat(twin.stderrText())
          .contains("skein server: ")
          .contains("has a node 'first' already");
      assertThat(stranger.stdoutLines()).isEmpty();
      assertThat(twin.stdoutLines()).isEmpty();
      assertThat(first.mesh().nodes()).hasSize(1);
    }
  }

  private static SkeinProcess join(Path folder, int port, String name, String secret)
      throws IOException {
    Path config = folder.resolve(secret.hashCode() + ".yaml");
    Files.writeString(config, "mesh:\n  namePatienceMillis: 300\n  secret: \"" + secret + "\"\n");
    return SkeinProcess.start(
        "server",
        "--config=" + config,
        "--udp-port=0",
        "--name=" + name,
        "--join=127.0.0.1:" + port);
  }
}
