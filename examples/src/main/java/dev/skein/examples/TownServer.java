package dev.skein.examples;

import dev.skein.group.Group;
import dev.skein.group.GroupHooks;
import dev.skein.group.GroupOptions;
import dev.skein.group.Groups;
import dev.skein.server.CommandException;
import dev.skein.server.Port;
import dev.skein.server.Server;
import dev.skein.server.User;
import java.nio.charset.StandardCharsets;

/**
 * A town square: a group that is there by its name, on all nodes. A bell rings in it, from whatever
 * node is its home; who is called "thief" does not come in. Walk there with {@link TownClient}.
 */
public final class TownServer {
  private TownServer() {}

  /** The rules of the square. */
  static final class Square implements GroupHooks {
    @Override
    public byte[] beforeJoin(Group square, User user, byte[] message) {
      if (user.uid().equals("thief")) {
        throw CommandException.bad(3100, "no thieves here");
      }
      return ("Welcome, " + user.uid()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void tick(Group square) {
      square.announce("dong".getBytes(StandardCharsets.UTF_8));
    }
  }

  static Server start(int httpPort, int udpPort, long bellMillis) {
    GroupOptions square =
        GroupOptions.builder().type("square").tickIntervalMillis(bellMillis).build();
    return Server.builder()
        .listen(Port.http(httpPort), Port.udp(udpPort))
        .with(Groups.module().hooks(new Square()).staticGroup("square", square))
        .start();
  }

  public static void main(String[] args) throws InterruptedException {
    start(7000, 7100, 5_000).await();
  }
}
