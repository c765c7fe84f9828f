package dev.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.server.Role;
import dev.skein.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HelloWireTest {

  @Test
  void theReadmesClientPlaysOnTheReadmesServer() {
    try (Server server = HelloServer.start(0, 0)) {
      String http = "http://127.0.0.1:" + server.address(Role.HTTP).orElseThrow().getPort();
      assertThat(HelloClient.play(http, "alice")).isEqualTo("alice says Hello alice");
    }
  }
}
