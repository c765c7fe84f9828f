package dev.skein.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.cli.bot.Report;
import dev.skein.client.Transport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Nodes are killed under bots in rooms with a backup: nothing that was acknowledged may be missing
 * or there twice, and everybody goes on in its room.
 *
 * <p>Only as a soak, as long as nodes under full load sometimes stop to hear each other for
 * seconds, which costs rooms their backups: {@code -Dskein.soak.kills=20 -Dskein.soak.bots=200
 * -Dskein.soak.silenceMaxMillis=5000} on a machine that has time for it.
 */
@Timeout(1_200)
@EnabledIfSystemProperty(named = "skein.soak.kills", matches = "\\d+")
class RoomBackupProcessTest {
  private static final Logger LOG = System.getLogger(RoomBackupProcessTest.class.getName());

  private static final int KILLS = Integer.getInteger("skein.soak.kills", 2);
  private static final int BOTS = Integer.getInteger("skein.soak.bots", 20);

  /** Generous unless told otherwise: other tests may run beside this one. */
  private static final int SILENCE_MAX_MILLIS =
      Integer.getInteger("skein.soak.silenceMaxMillis", 30_000);

  private static final int ROOM_SIZE = 10;
  private static final int RATE = 10;
  private static final int SECONDS = 15;

  /** One with HTTP, three for players: two may die one after the other. */
  private static final int NODES = 4;

  @Test
  void roomsAndPlayersOfANodeThatIsKilledPlayOn() throws Exception {
    for (int kills = 0; kills < KILLS; kills += 2) {
      try (DevNodes nodes = DevNodes.start(NODES, Map.of("SKEIN_MODULES_ROOM_BACKUPS", "1"))) {
        killUnderBots(nodes, "node-2");
        nodes.awaitNodes("node-1", "node-3", "node-4");
        if (kills + 1 < KILLS) {
          killUnderBots(nodes, "node-3");
        }
      }
    }
  }

  /**
   * A room that has just been made, or has lost a backup, needs a moment. On a machine so busy that
   * nodes answer each other after seconds there are no backups, and nothing to test.
   */
  private static boolean haveBackups(DevNodes nodes) {
    try {
      await("every room to have its backup")
          .atMost(Duration.ofSeconds(8))
          .until(() -> nodes.sum("skein_rooms_unbacked") == 0);
      return true;
    } catch (ConditionTimeoutException tooBusy) {
      return false;
    }
  }

  private static void killUnderBots(DevNodes nodes, String victim) throws Exception {
    BotPlan plan =
        new BotPlan(
            BotPlan.Scene.ROOM_CHECK,
            Addresses.http(nodes.http()).toString(),
            List.of(Transport.UDP, Transport.TCP, Transport.WS),
            BOTS,
            ROOM_SIZE,
            RATE,
            64,
            SECONDS,
            true);
    try (Crowd crowd = Gathering.of(plan).gather()) {
      await("bots on the node to be killed")
          .atMost(DevNodes.NOTICE_LIMIT)
          .until(() -> nodes.usersOf(victim) > 0);
      assumeTrue(haveBackups(nodes), "nodes answer too late for backups");
      crowd.speak();
      await("everybody to have spoken")
          .atMost(DevNodes.NOTICE_LIMIT)
          .until(() -> crowd.tally().received() > 2L * BOTS * ROOM_SIZE);
      assumeTrue(haveBackups(nodes) && crowd.isSpeaking(), "nodes answer too late for backups");
      nodes.signal("KILL", victim);
      await("all to be said").atMost(DevNodes.NOTICE_LIMIT).until(() -> !crowd.isSpeaking());
      crowd.awaitStragglers(DevNodes.NOTICE_LIMIT);
      Report report = crowd.report();
      LOG.log(Level.INFO, "{0} was killed: {1}", victim, report);
      Supplier<String> seen = () -> report + "\n" + nodes.process().stderrSoFar();
      assertThat(report.flawless()).as(seen).isTrue();
      assertThat(report.reconnected()).as(seen).isPositive();
      assertThat(report.returned()).as(seen).isEqualTo(report.reconnected());
      assertThat(report.silenceMaxMillis()).as(seen).isLessThan(SILENCE_MAX_MILLIS);
    }
  }
}
