package dev.skein.notifier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.module.Mishaps;
import dev.skein.module.Seeds;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import dev.skein.simulation.SimPush;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A cluster's users are notified while nodes and users come and go. */
class NotifierSimTest {
  private static final int SEEDS = 200;
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  /** What a test's source was asked, and says. */
  private static final class Desk {
    private final List<Long> turnsAtMillis = new ArrayList<>();
    private Optional<Notification> next = Optional.empty();
    private @Nullable SimCluster cluster;

    NotificationSource source() {
      return () -> {
        turnsAtMillis.add(Objects.requireNonNull(cluster).clock().nanoTime() / 1_000_000);
        return next;
      };
    }

    SimCluster start(SimCluster.Builder recipe) {
      SimCluster started =
          recipe.with(() -> Notifier.module().service("news", INTERVAL, source())).start();
      cluster = started;
      return started;
    }

    void say(String id, Duration ttl) {
      next = Optional.of(new Notification(id, "test", 2, 7, id.getBytes(UTF_8), ttl));
    }
  }

  private static List<String> heard(SimClient client) {
    return client.pushes().stream()
        .filter(push -> push.ver() == 2 && push.cmd() == 7)
        .map(SimPush::payload)
        .map(payload -> new String(payload, UTF_8))
        .toList();
  }

  @Test
  void everyUserOfEveryNodeGetsANotificationOnceThoughItIsSaidAtEachTurn() {
    Desk desk = new Desk();
    SimCluster cluster = desk.start(SimCluster.builder(1).nodes(3));
    List<SimClient> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      clients.add(cluster.node(i % 3).connect("u" + i));
    }
    desk.say("a", Duration.ofMinutes(1));
    cluster.run(Duration.ofSeconds(21));
    assertThat(clients).allSatisfy(client -> assertThat(heard(client)).containsExactly("a"));
    assertThat(desk.turnsAtMillis).hasSizeBetween(9, 12);
    SimClient late = cluster.node(2).connect("late");
    cluster.run(Duration.ofSeconds(1));
    assertThat(heard(late)).containsExactly("a");
  }

  @Test
  void whoComesAfterTheTimeGetsNothing() {
    Desk desk = new Desk();
    SimCluster cluster = desk.start(SimCluster.builder(2).nodes(2));
    desk.say("a", Duration.ofSeconds(10));
    cluster.run(Duration.ofSeconds(30));
    SimClient late = cluster.node(0).connect("late");
    cluster.run(Duration.ofSeconds(10));
    assertThat(heard(late)).isEmpty();
  }

  @Test
  void aUserWhoLogsInAgainElsewhereDoesNotGetItTwice() {
    Desk desk = new Desk();
    SimCluster cluster = desk.start(SimCluster.builder(3).nodes(3));
    cluster.node(0).connect("u");
    desk.say("a", Duration.ofMinutes(5));
    cluster.run(Duration.ofSeconds(10));
    cluster.crash(0);
    SimClient again = cluster.node(1).connect("u");
    cluster.run(Duration.ofSeconds(20));
    assertThat(heard(again)).isEmpty();
  }

  @Test
  void anotherNodeTakesTheTurnsOfOneThatDies() {
    for (long seed = 1; seed <= 20; seed++) {
      Desk desk = new Desk();
      SimCluster cluster = desk.start(SimCluster.builder(seed).nodes(3));
      cluster.run(Duration.ofSeconds(10));
      String home = cluster.node(0).mesh().home("notifier:news").address();
      int index =
          cluster.nodes().stream()
              .filter(node -> node.address().equals(home))
              .findFirst()
              .orElseThrow()
              .index();
      int before = desk.turnsAtMillis.size();
      cluster.crash(index);
      cluster.run(Duration.ofSeconds(20));
      assertThat(desk.turnsAtMillis.size() - before).as("seed " + seed).isBetween(7, 11);
    }
  }

  @Test
  void aNodeWithoutARoleButHttpTakesNoTurn() {
    Desk desk = new Desk();
    SimCluster cluster =
        desk.start(
            SimCluster.builder(4)
                .nodes(2)
                .describe(info -> info.withEndpoints(Map.of("HTTP", "127.0.0.1:7000"))));
    cluster.run(Duration.ofSeconds(20));
    assertThat(desk.turnsAtMillis).isEmpty();
  }

  @Test
  void aSourceThatThrowsIsAskedAgain() {
    int[] asked = new int[1];
    SimCluster cluster =
        SimCluster.builder(5)
            .nodes(1)
            .with(() ->
                Notifier.module()
                    .service(
                        "bad",
                        INTERVAL,
                        () -> {
                          asked[0]++;
                          throw new IllegalStateException("no table");
                        }))
            .start();
    cluster.run(Duration.ofSeconds(20));
    assertThat(asked[0]).isBetween(8, 12);
    assertThat(cluster.node(0).metrics().values().get("skein.notifier.failures"))
        .isEqualTo(asked[0]);
  }

  @Test
  void nobodyGetsAnIdTwiceAndTurnsAreNotTakenTwice() {
    AtomicInteger delivered = new AtomicInteger();
    Seeds.each(SEEDS, seed -> delivered.addAndGet(new Simulation(seed).run()));
    assertThat(delivered.get()).isGreaterThan(10 * SEEDS);
  }

  private static final class Simulation {
    private final Desk desk = new Desk();
    private final SimCluster cluster;
    private final RandomGenerator random;
    private final Mishaps mishaps;
    private final List<SimClient> logins = new ArrayList<>();

    Simulation(long seed) {
      cluster = desk.start(SimCluster.builder(seed).nodes(3).shards(1));
      random = cluster.random();
      mishaps = new Mishaps(cluster);
    }

    int run() {
      for (int step = 0; step < 25; step++) {
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> login();
          case 3 -> move();
          case 4 -> disturb();
          default -> {}
        }
        if (random.nextInt(4) == 0) {
          desk.say("n" + random.nextInt(6), Duration.ofSeconds(5 + random.nextInt(30)));
        }
        cluster.run(Duration.ofMillis(random.nextInt(1_500)));
      }
      mishaps.recover();
      cluster.run(Duration.ofSeconds(10));
      check();
      return logins.stream().mapToInt(login -> heard(login).size()).sum();
    }

    private void login() {
      var nodes = cluster.nodes();
      logins.add(nodes.get(random.nextInt(nodes.size())).connect("u" + random.nextInt(8)));
    }

    private void move() {
      var nodes = cluster.nodes();
      String uid = "u" + random.nextInt(8);
      cluster
          .node(nodes.getFirst().index())
          .directory()
          .move(uid, nodes.get(random.nextInt(nodes.size())).address());
    }

    private void disturb() {
      if (mishaps.isAnything()) {
        mishaps.recover();
      } else if (random.nextBoolean()) {
        mishaps.crash(random.nextInt(3));
      } else {
        mishaps.cutOff(random.nextInt(3));
      }
    }

    private void check() {
      Map<String, Set<String>> had = new HashMap<>();
      for (SimClient login : logins) {
        for (String id : heard(login)) {
          assertThat(had.computeIfAbsent(login.uid(), uid -> new HashSet<>()).add(id))
              .as(login.uid() + " got " + id + " once")
              .isTrue();
        }
      }
      for (int i = 2; i < desk.turnsAtMillis.size(); i++) {
        long threeTurns = desk.turnsAtMillis.get(i) - desk.turnsAtMillis.get(i - 2);
        assertThat(threeTurns).as("two intervals, less the spread").isGreaterThan(1_900);
      }
    }
  }
}
