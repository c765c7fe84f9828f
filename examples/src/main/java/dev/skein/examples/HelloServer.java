package dev.skein.examples;

import dev.skein.room.Rooms;
import dev.skein.server.Port;
import dev.skein.server.Server;

/** A whole game server: rooms, and one command of its own. Run it, then {@link HelloClient}. */
public final class HelloServer {
  record Greeting(String name) {}

  record Greeted(String text) {}

  private HelloServer() {}

  static Server start(int httpPort, int udpPort) {
    return Server.builder()
        .listen(Port.http(httpPort), Port.udp(udpPort))
        .with(Rooms.module())
        .command(2, 10, Greeting.class, (user, greeting) -> new Greeted("Hello " + greeting.name()))
        .start();
  }

  public static void main(String[] args) throws InterruptedException {
    start(7000, 7100).await();
  }
}
