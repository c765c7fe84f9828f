package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserDataTest {
  private final UserValues data = new UserValues(3);

  record Position(int x, int y) {}

  @Test
  void valuesKeepTheirType() {
    data.set("score", 7L);
    assertThat(data.get("score", Long.class)).contains(7L);
    assertThat(data.get("score", Integer.class)).isEmpty();
    assertThat(data.get("score", Number.class)).contains(7L);
    data.set("score", "seven");
    assertThat(data.get("score", Long.class)).isEmpty();
    assertThat(data.get("score", String.class)).contains("seven");
  }

  @Test
  void recordsAndListsTravelAndOtherTypesDoNot() {
    data.set("position", new Position(1, 2));
    data.set("path", List.of(new Position(1, 2), new Position(3, 4)));
    assertThat(data.get("position", Position.class)).contains(new Position(1, 2));
    assertThatThrownBy(() -> data.set("thread", Thread.currentThread()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("thread");
    assertThatThrownBy(() -> data.set("list", List.of(new Object())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void thereIsRoomForSoManyKeysAndNotOneMore() {
    data.set("1", 1);
    data.set("2", 2);
    data.set("3", 3);
    assertThatThrownBy(() -> data.set("4", 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("userDataMaxKeys = 3");
    data.set("3", 33);
    assertThat(data.remove("1")).isTrue();
    assertThat(data.remove("1")).isFalse();
    data.set("4", 4);
    assertThat(data.keys()).containsExactlyInAnyOrder("2", "3", "4");
  }

  @Test
  void updatesOfManyThreadsAreNotLost() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int j = 0; j < 1_000; j++) {
                  data.update("count", Integer.class, 0, count -> count + 1);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(data.get("count", Integer.class)).contains(8_000);
  }
}
