package dev.skein.examples;

import dev.skein.protocol.payload.Value;
import dev.skein.room.Member;
import dev.skein.room.Room;
import dev.skein.room.RoomHooks;
import dev.skein.room.RoomOptions;
import dev.skein.room.Rooms;
import dev.skein.server.CommandException;
import dev.skein.server.Port;
import dev.skein.server.Server;
import dev.skein.server.User;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Duels: rooms of two with rules of their own. The server counts down and says go; who is rude in
 * the chat is not heard, and who is called "cheater" does not come in. Play with {@link
 * DuelClient}.
 */
public final class DuelServer {
  private static final int COUNTDOWN = 3;

  private DuelServer() {}

  /** The rules of a duel. */
  static final class Duel implements RoomHooks {
    private final Duration beat;

    Duel(Duration beat) {
      this.beat = beat;
    }

    @Override
    public byte[] beforeJoin(Room room, User user, byte[] message) {
      if (user.uid().equals("cheater")) {
        throw CommandException.bad(2100, "no cheaters here");
      }
      return "Welcome, wait for GO".getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void joined(Room room, Member member, byte[] message) {
      if (room.isFull()) {
        room.register(false);
        room.set("countdown", Value.of(COUNTDOWN));
        room.every(beat, Duel::countDown);
      }
    }

    private static void countDown(Room room) {
      long left = room.property("countdown").orElseThrow().asLong() - 1;
      if (left >= 0) {
        room.set("countdown", Value.of(left));
      }
      if (left == 0) {
        room.announce("GO".getBytes(StandardCharsets.UTF_8));
      }
    }

    @Override
    public Optional<String> beforeChat(Room room, Member member, String text) {
      return text.toLowerCase(Locale.ROOT).contains("noob") ? Optional.empty() : Optional.of(text);
    }
  }

  static Server start(int httpPort, int udpPort, Duration beat) {
    RoomOptions duel = RoomOptions.builder().type("duel").maxMembers(2).build();
    return Server.builder()
        .listen(Port.http(httpPort), Port.udp(udpPort))
        .with(Rooms.module().type(duel, new Duel(beat)))
        .start();
  }

  public static void main(String[] args) throws InterruptedException {
    start(7000, 7100, Duration.ofSeconds(1)).await();
  }
}
