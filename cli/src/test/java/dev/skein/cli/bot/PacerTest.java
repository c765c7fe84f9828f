package dev.skein.cli.bot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.client.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacerTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private final List<Utterance> said = new ArrayList<>();
  private final Tally tally = new Tally();

  @Test
  void everyBotSpeaksAtItsRateForTheWholeTime() {
    Pacer pacer = pacer(10, 20.0, 3);
    for (long now = 0; now < 4 * SECOND; now += SECOND / 1000) {
      pacer.speak(now, Integer.MAX_VALUE);
    }
    assertThat(pacer.isDone()).isTrue();
    for (int bot = 0; bot < 10; bot++) {
      int speaker = bot;
      List<Utterance> its = said.stream().filter(u -> u.speaker() == speaker).toList();
      assertThat(its).extracting(Utterance::sequence).containsExactlyElementsOf(firstNumbers(60));
      for (int i = 1; i < its.size(); i++) {
        assertThat(its.get(i).scheduledNanos() - its.get(i - 1).scheduledNanos())
            .isBetween(SECOND / 20 - 10, SECOND / 20 + 10);
      }
    }
    assertThat(tally.sent()).isEqualTo(600);
    assertThat(tally.expected()).isEqualTo(1800);
  }

  @Test
  void nobodySpeaksEarly() {
    Pacer pacer = pacer(4, 10.0, 1);
    assertThat(pacer.speak(-1, Integer.MAX_VALUE)).isZero();
    assertThat(pacer.speak(0, Integer.MAX_VALUE)).isEqualTo(1);
    assertThat(pacer.speak(pacer.nextNanos() - 1, Integer.MAX_VALUE)).isZero();
    assertThat(pacer.speak(pacer.nextNanos(), Integer.MAX_VALUE)).isEqualTo(1);
  }

  @Test
  void aPacerThatWasHeldUpKeepsTheScheduledTimes() {
    Pacer pacer = pacer(2, 10.0, 1);
    pacer.speak(SECOND * 5, Integer.MAX_VALUE);
    assertThat(said).hasSize(20);
    assertThat(said.getLast().scheduledNanos()).isLessThan(SECOND);
  }

  @Test
  void theMembersOfARoomSpeakOneAfterTheOtherIfTheirPhasesAreAdjacent() {
    Pacer pacer = pacer(100, 10.0, 1, Phases.ADJACENT);
    pacer.speak(SECOND / 10 - 1, Integer.MAX_VALUE);
    assertThat(said).extracting(Utterance::speaker).containsExactlyElementsOf(firstNumbers(100));
  }

  @Test
  void membersOfAllRoomsAreMixedIfTheirPhasesAreShuffled() {
    Pacer pacer = pacer(100, 10.0, 1, Phases.SHUFFLED);
    pacer.speak(SECOND / 10 - 1, Integer.MAX_VALUE);
    assertThat(said)
        .extracting(Utterance::speaker)
        .containsExactlyInAnyOrderElementsOf(firstNumbers(100))
        .isNotEqualTo(firstNumbers(100));
  }

  private Pacer pacer(int bots, double rate, int seconds) {
    return pacer(bots, rate, seconds, Phases.SHUFFLED);
  }

  private Pacer pacer(int bots, double rate, int seconds, Phases phases) {
    BotPlan plan =
        new BotPlan(
            BotPlan.Scene.ROOM, "", List.of(Transport.UDP), bots, 4, rate, 64, seconds, true);
    List<Bot> crowd = new ArrayList<>();
    for (int i = 0; i < bots; i++) {
      crowd.add(new RecordingBot());
    }
    return new Pacer(1, crowd, plan, phases, tally, 0);
  }

  private static List<Integer> firstNumbers(int count) {
    return java.util.stream.IntStream.range(0, count).boxed().toList();
  }

  private final class RecordingBot implements Bot {
    @Override
    public int audience() {
      return 3;
    }

    @Override
    public void say(byte[] payload) {
      said.add(Utterance.decode(payload, 0, payload.length).orElseThrow());
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public Traffic traffic() {
      return Traffic.NONE;
    }

    @Override
    public long reconnected() {
      return 0;
    }

    @Override
    public long moved() {
      return 0;
    }

    @Override
    public void leave() {}
  }
}
