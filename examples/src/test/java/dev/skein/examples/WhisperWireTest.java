package dev.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.server.Role;
import dev.skein.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WhisperWireTest {

  @Test
  void whispersAreAnsweredAndPasswordsHidden() {
    try (Server server = WhisperServer.start(0, 0)) {
      String http = "http://127.0.0.1:" + server.address(Role.HTTP).orElseThrow().getPort();
      assertThat(WhisperClient.whisper(http, "alice", "bob", "my password is-secret"))
          .isEqualTo("bob: you said my password ***");
      assertThatThrownBy(() -> WhisperClient.whisper(http, "carol", "carol", "hm"))
          .isInstanceOf(RuntimeException.class);
    }
  }
}
