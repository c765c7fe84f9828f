package dev.skein.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.cli.bot.Report;
import dev.skein.client.Transport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nodes are killed under bots in rooms with a backup: nothing that was acknowledged may be missing
 * or there twice, and everybody goes on in its room.
 *
 * <p>As a soak, on a machine that has time for it: {@code -Dskein.soak.kills=20
 * -Dskein.soak.bots=200 -Dskein.soak.silenceMaxMillis=5000}.
 */
@Timeout(1_200)
class RoomBackupProcessTest {
  private static final Logger LOG = System.getLogger(RoomBackupProcessTest.class.getName());

  private static final int KILLS = Integer.getInteger("skein.soak.kills", 2);
  private static final int BOTS = Integer.getInteger("skein.soak.bots", 40);

  /** Generous unless told otherwise: other tests may run beside this one. */
  private static final int SILENCE_MAX_MILLIS =
      Integer.getInteger("skein.soak.silenceMaxMillis", 30_000);

  private static final int ROOM_SIZE = 10;
  private static final int RATE = 10;

  /** For so long the bots would speak if nobody stopped them. */
  private static final int SECONDS_MAX = 120;

  /** One with HTTP, three for players: two may die one after the other. */
  private static final int NODES = 4;

  @Test
  void roomsAndPlayersOfANodeThatIsKilledPlayOn() throws Exception {
    for (int kills = 0; kills < KILLS; kills += 2) {
      try (DevNodes nodes = DevNodes.start(NODES, Map.of("SKEIN_MODULES_ROOM_BACKUPS", "1"));
          Crowd crowd = Gathering.of(plan(nodes.http())).gather()) {
        try {
          crowd.speak();
          kill(nodes, crowd, "node-2");
          if (kills + 1 < KILLS) {
            kill(nodes, crowd, "node-3");
          }
          crowd.hush();
          crowd.awaitStragglers(DevNodes.NOTICE_LIMIT);
        } catch (ConditionTimeoutException late) {
          throw new AssertionError(seen(nodes, crowd), late);
        }
        check(nodes, crowd);
      }
    }
  }

  private static BotPlan plan(String http) {
    return new BotPlan(
        BotPlan.Scene.ROOM_CHECK,
        Addresses.http(http).toString(),
        List.of(Transport.UDP, Transport.TCP, Transport.WS),
        BOTS,
        ROOM_SIZE,
        RATE,
        64,
        SECONDS_MAX,
        true);
  }

  /** Returns when everybody speaks in its room again. */
  private static void kill(DevNodes nodes, Crowd crowd, String victim) throws Exception {
    await("every node to say how many users it has")
        .atMost(DevNodes.NOTICE_LIMIT)
        .until(() -> nodes.users().values().stream().mapToInt(Integer::intValue).sum() == BOTS);
    long returned = crowd.tally().returned() + nodes.usersOf(victim);
    assertThat(returned).as("bots on %s", victim).isGreaterThan(crowd.tally().returned());
    awaitSpeech(crowd);
    // One that was lost, or did not answer for long, is replaced after some seconds.
    await("every room to have its backup")
        .atMost(DevNodes.NOTICE_LIMIT)
        .until(() -> nodes.sum("skein_rooms_unbacked") == 0);
    nodes.signal("KILL", victim);
    await("so many returns into rooms: " + returned)
        .atMost(DevNodes.NOTICE_LIMIT)
        .until(() -> crowd.tally().returned() >= returned);
    awaitSpeech(crowd);
    nodes.awaitGone(victim);
  }

  private static void awaitSpeech(Crowd crowd) {
    long sent = crowd.tally().sent() + 2L * RATE * BOTS;
    await("two seconds of speech")
        .atMost(DevNodes.NOTICE_LIMIT)
        .until(() -> crowd.tally().sent() >= sent);
  }

  private static void check(DevNodes nodes, Crowd crowd) {
    Report report = crowd.report();
    LOG.log(Level.INFO, "nodes were killed: {0}", report);
    Supplier<String> seen = () -> seen(nodes, crowd);
    assertThat(report.flawless()).as(seen).isTrue();
    assertThat(report.returned()).as(seen).isEqualTo(report.reconnected());
    assertThat(report.silenceMaxMillis()).as(seen).isLessThan(SILENCE_MAX_MILLIS);
  }

  private static String seen(DevNodes nodes, Crowd crowd) {
    return crowd.report() + "\n" + nodes.process().stderrSoFar();
  }
}
