package dev.skein.cli.bot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.cli.Skein;
import dev.skein.client.Transport;
import dev.skein.testkit.relay.Hostility;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BotOptionsTest {

  @CommandLine.Command
  static final class Holder {
    @CommandLine.Mixin private BotOptions options = new BotOptions();
  }

  @Test
  void withoutOptionsAHundredBotsSpeakReliablyOverUdp() {
    BotPlan plan = parse().plan(BotPlan.Scene.ROOM);
    assertThat(plan)
        .isEqualTo(
            new BotPlan(
                BotPlan.Scene.ROOM,
                "http://127.0.0.1:7000",
                List.of(Transport.UDP),
                100,
                10,
                10,
                64,
                10,
                true));
    assertThat(parse().hostility()).isEmpty();
  }

  @Test
  void everyOptionIsUnderstood() {
    BotOptions options =
        parse(
            ("--http localhost:7777,localhost:7778 --transport ws --bots 7 --room-size 3 --rate 0.5 --size 100"
                    + " --seconds 3 --unreliable --json --hostile loss=5,seed=9")
                .split(" "));
    BotPlan plan = options.plan(BotPlan.Scene.ECHO);
    assertThat(plan.endpoints()).containsExactly("http://localhost:7777", "http://localhost:7778");
    assertThat(plan.transports()).containsExactly(Transport.WS);
    assertThat(plan.bots()).isEqualTo(7);
    assertThat(plan.roomSize()).isEqualTo(3);
    assertThat(plan.ratePerSecond()).isEqualTo(0.5);
    assertThat(plan.sizeBytes()).isEqualTo(100);
    assertThat(plan.seconds()).isEqualTo(3);
    assertThat(plan.reliable()).isFalse();
    assertThat(options.json()).isTrue();
    assertThat(options.hostility()).contains(new Hostility(5, 0, 0, 0, 0, 0, 9));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --transport quic         | transport
          --hostile los=5          | los
          --hostile loss=500       | loss
          --reliable --unreliable  | mutually exclusive
          --bots many              | bots
          """)
  void whatIsNotUnderstoodIsNamed(String arguments, String named) {
    assertThatThrownBy(() -> parse(arguments.split(" ")))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining(named);
  }

  @ParameterizedTest
  @CsvSource({
    "--bots,0",
    "--bots,20001",
    "--room-size,1",
    "--room-size,1001",
    "--rate,0",
    "--rate,1001",
    "--rate,NaN",
    "--size,23",
    "--size,60001",
    "--seconds,0",
    "--seconds,86401"
  })
  void whatIsOutOfRangeIsNamed(String option, String value) {
    assertThatThrownBy(() -> parse(option, value).plan(BotPlan.Scene.ROOM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(option);
  }

  @Test
  void anEntryWithoutPortIsRefused() {
    assertThatThrownBy(() -> parse("--http", "localhost").plan(BotPlan.Scene.ROOM))
        .hasMessageContaining("HOST:PORT");
  }

  private static BotOptions parse(String... arguments) {
    Holder holder = new Holder();
    Skein.commandLine(holder).parseArgs(arguments);
    return holder.options;
  }
}
