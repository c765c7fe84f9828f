package dev.skein.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.Store.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreTest {
  private static final byte[] DONE = "done".getBytes(UTF_8);

  private final ManualRuntime runtime = new ManualRuntime();
  private final LocalStore store =
      new LocalStore(LocalStoreTest::run, runtime, "local", Optional.empty());
  private final List<String> changes = new ArrayList<>();

  /** set:value, ttl:value (1 s), keep, remove, fail. */
  private static Outcome run(byte @Nullable [] current, byte[] operation, long nowMillis) {
    String[] words = new String(operation, UTF_8).split(":");
    return switch (words[0]) {
      case "set" -> new Outcome(words[1].getBytes(UTF_8), 0, DONE);
      case "ttl" -> new Outcome(words[1].getBytes(UTF_8), 1_000, DONE);
      case "keep" -> new Outcome(current, 5_000, DONE);
      case "remove" -> new Outcome(null, 0, DONE);
      default -> throw new IllegalArgumentException("no operation " + words[0]);
    };
  }

  @Test
  void theOperatorDecidesWhatBecomesOfAValueAndWhatTheCallerGets() {
    assertThat(get("a")).isEmpty();
    assertThat(apply("a", "set:1")).isEqualTo("done");
    assertThat(get("a")).contains("1");
    apply("a", "remove");
    assertThat(get("a")).isEmpty();
    assertThat(store.owner("a")).isEqualTo("local");
  }

  @Test
  void anOperationThatDoesNotFitChangesNothingAndFailsWithItsText() {
    apply("a", "set:1");
    assertThatThrownBy(() -> apply("a", "nonsense"))
        .cause()
        .isInstanceOf(MeshException.HandlerFailed.class)
        .hasMessage("no operation nonsense");
    assertThat(get("a")).contains("1");
  }

  @Test
  void aValueGoesWhenItsTimeIsOverAndKeepingItDoesNotProlongIt() {
    apply("a", "ttl:1");
    runtime.advanceMillis(999);
    apply("a", "keep");
    assertThat(get("a")).contains("1");
    runtime.advanceMillis(1);
    assertThat(get("a")).isEmpty();
  }

  @Test
  void listenersHearOfEveryChangeInOrderAndOfTimesThatAreOver() {
    store.onChange(
        (key, value) -> changes.add(key + "=" + (value == null ? "" : new String(value, UTF_8))));
    apply("a", "set:1");
    apply("a", "keep");
    apply("a", "ttl:2");
    apply("b", "remove");
    runtime.advanceMillis(3_000);
    assertThat(changes).containsExactly("a=1", "a=2", "a=");
  }

  @Test
  void whatACallerDoesToItsCopyDoesNotReachTheStore() {
    apply("a", "set:1");
    join(store.get("a")).orElseThrow()[0] = 'x';
    assertThat(get("a")).contains("1");
  }

  @Test
  void aStoreWithADirectoryOutlivesItsNode(@TempDir Path folder) {
    StoreOptions options = new StoreOptions("s", 1, Set.of(), 0, Optional.of(folder));
    LocalEngine before = new LocalEngine(runtime);
    Store kept = before.store(options, LocalStoreTest::run);
    for (String key : List.of("stays", "removed", "short")) {
      join(kept.apply(key, "set:1".getBytes(UTF_8)));
    }
    join(kept.apply("stays", "set:2".getBytes(UTF_8)));
    join(kept.apply("removed", "remove".getBytes(UTF_8)));
    join(kept.apply("short", "ttl:3".getBytes(UTF_8)));
    before.close();

    LocalEngine after = new LocalEngine(runtime);
    Store again = after.store(options, LocalStoreTest::run);
    assertThat(join(again.get("stays"))).contains("2".getBytes(UTF_8));
    assertThat(join(again.get("removed"))).isEmpty();
    assertThat(join(again.get("short"))).contains("3".getBytes(UTF_8));
    runtime.advanceMillis(1_000);
    assertThat(join(again.get("short"))).isEmpty();
    after.close();
  }

  private String apply(String key, String operation) {
    return new String(join(store.apply(key, operation.getBytes(UTF_8))), UTF_8);
  }

  private Optional<String> get(String key) {
    return join(store.get(key)).map(value -> new String(value, UTF_8));
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
