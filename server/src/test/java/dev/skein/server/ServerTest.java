package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.NodeState;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServerTest {
  private final List<String> seen = new ArrayList<>();

  /** A third party's module, which sees only the public API. */
  private final class Weather implements Module {
    private final CompletableFuture<ModuleContext> installed = new CompletableFuture<>();

    @Override
    public String name() {
      return "weather";
    }

    @Override
    public void install(ModuleContext context) {
      context.builtIn(0x7000, true, (user, command, responder) -> responder.ok());
      context.metrics().gauge("weather.degrees", "How warm it is", () -> 21);
      installed.complete(context);
    }

    @Override
    public void stop() {
      seen.add("stopped");
    }
  }

  @Test
  void aModuleGetsItsSettingsAndTheNodesShards() {
    Weather weather = new Weather();
    NodeConfig config =
        NodeConfig.DEFAULTS
            .with(Settings.SERVER_SHARDS_COUNT, 2)
            .withModule("weather", Map.of("rain", "always"));
    try (Server server = Server.builder(config).with(weather).start()) {
      ModuleContext context = weather.installed.join();
      assertThat(context.settings()).containsExactly(Map.entry("rain", "always"));
      assertThat(context.shards()).hasSize(2);
      assertThat(context.user("nobody")).isEmpty();
      assertThat(server.module(Weather.class)).contains(weather);
      assertThat(server.metrics().values()).containsEntry("weather.degrees", 21.0);
    }
    assertThat(seen).containsExactly("stopped");
  }

  @Test
  void newThingsMayBeginUnlessTheNodeIsOffline() {
    Weather weather = new Weather();
    try (Server server = Server.builder().with(weather).start()) {
      ModuleContext context = weather.installed.join();
      assertThat(server.state()).isEqualTo(NodeState.ONLINE);
      assertThat(context.acceptsNewThings()).isTrue();
      server.markTaken();
      assertThat(context.acceptsNewThings()).isTrue();
      server.markOffline();
      assertThat(context.acceptsNewThings()).isFalse();
      server.markOnline();
      assertThat(context.acceptsNewThings()).isTrue();
    }
  }

  @Test
  void withASeedModulesDrawTheSameNumbers() {
    assertThat(drawn(7)).isEqualTo(drawn(7)).isNotEqualTo(drawn(8));
  }

  private static long drawn(long seed) {
    Weather weather = new ServerTest().new Weather();
    try (Server ignored = Server.builder().randomSeed(seed).with(weather).start()) {
      return weather.installed.join().random().nextLong();
    }
  }

  @Test
  void settingsOfAModuleTheNodeDoesNotHaveAreRefused() {
    NodeConfig config = NodeConfig.DEFAULTS.withModule("wether", Map.of());
    assertThatThrownBy(() -> Server.builder(config).with(new Weather()).start())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("modules.wether");
  }

  @Test
  void aMasterKeyIsBase64OfAtLeast32Bytes() {
    for (String wrong : List.of("not base64!", Base64.getEncoder().encodeToString(new byte[31]))) {
      assertThatThrownBy(() -> Server.builder().set(Settings.SERVER_MASTER_KEY, wrong).start())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("server.masterKey")
          .hasMessageNotContaining(wrong);
    }
    String good = Base64.getEncoder().encodeToString(new byte[32]);
    Server.builder().set(Settings.SERVER_MASTER_KEY, good).start().close();
  }

  @Test
  void jwtWithoutItsSettingsIsRefusedByTheNameOfTheMissingOne() {
    NodeConfig jwt = NodeConfig.DEFAULTS.with(Settings.AUTH_MODE, Settings.AuthMode.JWT);
    String secret = Base64.getEncoder().encodeToString(new byte[32]);
    assertNeeds(jwt, "auth.jwtKeyFile");
    assertNeeds(jwt.with(Settings.AUTH_JWT_KEY_FILE, "no-such-file.pem"), "auth.jwtKeyFile");
    assertNeeds(jwt.with(Settings.AUTH_JWT_SECRET, "c2hvcnQ="), "auth.jwtSecret");
    NodeConfig withSecret = jwt.with(Settings.AUTH_JWT_SECRET, secret);
    assertNeeds(withSecret, "auth.jwtAudience");
    NodeConfig withAudience = withSecret.with(Settings.AUTH_JWT_AUDIENCE, "our-game");
    assertNeeds(withAudience, "auth.jwtAlgorithms");
    assertNeeds(
        withAudience.with(Settings.AUTH_JWT_ALGORITHMS, List.of("none")), "auth.jwtAlgorithms");
    Server.builder(withAudience.with(Settings.AUTH_JWT_ALGORITHMS, List.of("HS256")))
        .start()
        .close();
  }

  private static void assertNeeds(NodeConfig config, String key) {
    assertThatThrownBy(() -> Server.builder(config).start())
        .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.key()).isEqualTo(key));
  }

  @Test
  void awaitReturnsWhenTheServerHasStoppedAndStoppingTwiceIsFine() throws Exception {
    Server server = Server.builder().start();
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(() -> {
          try {
            server.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    server.stop();
    server.stop();
    waiting.get(30, TimeUnit.SECONDS);
    assertThat(server.state()).isEqualTo(NodeState.OFFLINE);
  }
}
