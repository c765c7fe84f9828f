package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.server.http.HttpAnswer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CommandRegistrationTest {
  private static final CommandHandler NOTHING = (user, command) -> null;

  private final ServerBuilder builder = Server.builder();

  record Greeting(String name) {}

  @Test
  void versionsZeroAndOneAreReserved() {
    for (int ver = 0; ver <= 1; ver++) {
      int reserved = ver;
      assertThatThrownBy(() -> builder.command(reserved, 10, NOTHING))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("command (ver " + ver + ", cmd 10) is reserved: ver 0 and 1 are Skein's own");
    }
    builder.command(2, 10, NOTHING);
  }

  @Test
  void theSamePairTwiceFailsInWhateverForm() {
    builder.command(2, 10, NOTHING);
    assertThatThrownBy(() -> builder.commandNonBlocking(2, 10, NOTHING))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("command (ver 2, cmd 10) is registered already");
    assertThatThrownBy(() ->
            builder.commandAsync(2, 10, (user, command) -> CompletableFuture.completedFuture(null)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> builder.command(2, 10, Greeting.class, (user, greeting) -> greeting))
        .isInstanceOf(IllegalStateException.class);
    builder.command(2, 11, NOTHING).command(3, 10, NOTHING);
  }

  @Test
  void numbersOutOfRangeFail() {
    assertThatThrownBy(() -> builder.command(256, 1, NOTHING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(ver 256, cmd 1)");
    assertThatThrownBy(() -> builder.command(-1, 1, NOTHING))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.command(2, 65_536, NOTHING))
        .isInstanceOf(IllegalArgumentException.class);
    builder.command(255, 65_535, NOTHING);
  }

  @Test
  void aCommandNeedsAHandler() {
    assertThatThrownBy(() -> builder.command(2, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(ver 2, cmd 10)");
  }

  @Test
  void nothingIsRegisteredAfterStart() {
    try (Server server = builder.start()) {
      assertThatThrownBy(() -> builder.command(2, 10, NOTHING))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("command (ver 2, cmd 10) is registered after start");
      assertThatThrownBy(() -> builder.onNewUser(user -> {}))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> builder.route("GET", "/x", call -> HttpAnswer.empty(204)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(builder::start).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void modulesHaveNamesOfTheirOwnAndNumbersOfTheirOwn() {
    builder.with(module("one", 0x0101, true));
    assertThatThrownBy(() -> builder.with(module("one", 0x0102, true)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one");
    builder.with(module("two", 0x0101, false));
    assertThatThrownBy(builder::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("command (ver 1, cmd 257) is registered already");
  }

  @Test
  void meshHandlersFollowTheSameRules() {
    builder.onMeshRequest(10_001, (sender, data) -> null);
    builder.onMeshRpc(10_001, (sender, data) -> data);
    assertThatThrownBy(() -> builder.onMeshRequest(10_001, (sender, data) -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mesh command 10001 has a handler already");
    assertThatThrownBy(() -> builder.onMeshRpc(10_000, (sender, data) -> data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10000");
    try (Server server = builder.start()) {
      byte[] answer =
          server
              .mesh()
              .rpc(10_001, server.mesh().self().address(), new byte[] {1})
              .toCompletableFuture()
              .join();
      assertThat(answer).containsExactly(1);
      assertThatThrownBy(() -> builder.onMeshRpc(10_002, (sender, data) -> data))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("10002");
    }
  }

  private static Module module(String name, int cmd, boolean exposed) {
    return new Module() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void install(ModuleContext context) {
        context.builtIn(cmd, exposed, (user, command, responder) -> responder.ok());
      }
    };
  }
}
