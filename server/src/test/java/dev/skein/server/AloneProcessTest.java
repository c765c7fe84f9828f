package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.testkit.JavaProcess;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AloneProcessTest {
  /** The JDK's cryptography makes a URL, and the JDK then asks the class path for URL handlers. */
  private static final String LOADED_BY_THE_JDK =
      " org.infinispan.commons.jdkspecific.ClasspathURLStreamHandlerProvider";

  /** What the other process runs: a node without any mesh setting, from start to end. */
  static final class Alone {
    private Alone() {}

    public static void main(String[] args) {
      Server.builder().listen(Port.udp(0), Port.tcp(0), Port.http(0)).start().stop();
    }
  }

  @Test
  void aNodeWithoutAMeshLoadsNoClassOfTheEngine() throws Exception {
    Process process =
        JavaProcess.of(List.of("-Xlog:class+load"), Alone.class).redirectErrorStream(true).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(lines).anyMatch(line -> line.contains("dev.skein.mesh.MeshNode "));
    assertThat(lines)
        .filteredOn(line -> !line.contains(LOADED_BY_THE_JDK))
        .noneMatch(line ->
            line.contains(" org.jgroups.")
                || line.contains(" org.infinispan.")
                || line.contains(" dev.skein.mesh.clustered.")
                || line.contains(" dev.skein.server.EngineStart "));
  }
}
