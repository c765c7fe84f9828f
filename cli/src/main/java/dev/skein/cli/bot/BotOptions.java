package dev.skein.cli.bot;

import dev.skein.cli.Addresses;
import dev.skein.client.Transport;
import dev.skein.testkit.relay.Hostility;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of all bots. */
final class BotOptions {
  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      split = ",",
      defaultValue = "127.0.0.1:7000",
      description = {
        "The node's HTTP role; ${DEFAULT-VALUE} unless given.",
        "Several, with commas: bots that one does not answer ask the next."
      })
  private List<String> http = List.of();

  @Option(
      names = "--transport",
      paramLabel = "udp|tcp|ws",
      split = ",",
      defaultValue = "udp",
      description = "What they connect over; several, in turn, with commas. ${DEFAULT-VALUE}.")
  private List<Transport> transports = List.of();

  @Option(names = "--bots", defaultValue = "100", description = "How many; ${DEFAULT-VALUE}.")
  private int bots;

  @Option(
      names = {"--room-size", "--group-size"},
      defaultValue = "10",
      description = "How many share a room or group; ${DEFAULT-VALUE}.")
  private int roomSize;

  @Option(
      names = "--rate",
      defaultValue = "10",
      description = "Messages a second of each bot; ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--size",
      defaultValue = "64",
      description = "Payload bytes of a message, at least 24; ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "How long they speak; ${DEFAULT-VALUE}.")
  private int seconds;

  @ArgGroup private Delivery delivery = new Delivery();

  /** One of the two. */
  static final class Delivery {
    @Option(names = "--reliable", description = "Every message arrives, in order; the default.")
    private boolean reliable;

    @Option(names = "--unreliable", description = "Messages may be lost on a bad line.")
    private boolean unreliable;
  }

  @Option(
      names = "--hostile",
      paramLabel = "NAME=NUMBER,…",
      converter = HostilityOption.class,
      description = {
        "A bad line between bots and server, such as",
        "loss=5,duplicate=1,reorder=5,corrupt=1,delay=40,jitter=15,seed=7:",
        "percent, and milliseconds each way."
      })
  private @Nullable Hostility hostility;

  @Option(names = "--json", description = "The report as one JSON object on the last line.")
  private boolean json;

  BotPlan plan(BotPlan.Scene scene) {
    return new BotPlan(
        scene,
        http.stream().map(address -> Addresses.http(address).toString()).toList(),
        transports,
        bots,
        roomSize,
        rate,
        size,
        seconds,
        !delivery.unreliable);
  }

  Optional<Hostility> hostility() {
    return Optional.ofNullable(hostility);
  }

  boolean json() {
    return json;
  }

  /** Reads {@code --hostile}. */
  static final class HostilityOption implements ITypeConverter<Hostility> {
    @Override
    public Hostility convert(String text) {
      try {
        return Hostility.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
