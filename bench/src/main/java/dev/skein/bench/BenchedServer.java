package dev.skein.bench;

import ch.qos.logback.classic.Level;
import dev.skein.cli.Logs;
import dev.skein.client.Transport;
import dev.skein.room.Rooms;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.config.Settings;
import dev.skein.server.config.Settings.LogFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * The server that {@code bench room} measures: says where its HTTP role is, then answers {@value
 * #HEAP} with its heap after a full collection, and ends with its standard input.
 */
final class BenchedServer {
  static final String HEAP = "heap";

  /** Weak references and cleaners take more than one collection. */
  private static final int COLLECTIONS = 3;

  private static final int LOGINS_PER_SECOND = 1_000_000;

  private BenchedServer() {}

  /** The arguments are the transport and the pack window in milliseconds. */
  public static void main(String[] args) throws IOException {
    Logs.configure(LogFormat.TEXT, Level.ERROR);
    try (Server server = start(Transport.valueOf(args[0]), Integer.parseInt(args[1]));
        BufferedReader questions =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      InetSocketAddress http = server.address(Role.HTTP).orElseThrow();
      System.out.println("ENTRY http://127.0.0.1:" + http.getPort());
      String question;
      while ((question = questions.readLine()) != null) {
        if (question.equals(HEAP)) {
          System.out.println("HEAP " + heapBytes());
        }
      }
    }
    System.exit(0);
  }

  private static Server start(Transport transport, int windowMillis) {
    Port port =
        switch (transport) {
          case UDP -> Port.udp(0);
          case TCP -> Port.tcp(0);
          case WS -> Port.websocket(0);
        };
    return Server.builder()
        .listen(Port.http(0), port)
        .with(Rooms.module())
        .packWindowMillis(windowMillis)
        .set(Settings.HTTP_LOGINS_PER_ADDRESS_PER_SECOND, LOGINS_PER_SECOND)
        .start();
  }

  private static long heapBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
