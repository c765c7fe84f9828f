package dev.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.server.Role;
import dev.skein.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TownWireTest {

  @Test
  void aVisitorHearsTheBellAndItsOwnGreetingAndAThiefDoesNotComeIn() {
    try (Server server = TownServer.start(0, 0, 50)) {
      String http = "http://127.0.0.1:" + server.address(Role.HTTP).orElseThrow().getPort();
      assertThat(TownClient.visit(http, "alice"))
          .isEqualTo("Welcome, alice; dong; alice says hello");
      assertThatThrownBy(() -> TownClient.visit(http, "thief")).hasMessageContaining("3100");
    }
  }
}
