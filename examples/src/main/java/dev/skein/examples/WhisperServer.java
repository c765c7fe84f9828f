package dev.skein.examples;

import dev.skein.dm.DirectMessages;
import dev.skein.dm.DmHooks;
import dev.skein.server.CommandException;
import dev.skein.server.Port;
import dev.skein.server.Server;
import dev.skein.server.User;
import java.nio.charset.StandardCharsets;

/** Users whisper to each other; passwords do not get through. Play with {@link WhisperClient}. */
public final class WhisperServer {
  private WhisperServer() {}

  /** What may be whispered. */
  static final class Discreet implements DmHooks {
    @Override
    public byte[] beforeSend(User from, String to, byte[] data) {
      String words = new String(data, StandardCharsets.UTF_8);
      if (from.uid().equals(to)) {
        throw CommandException.bad(5100, "do not talk to yourself");
      }
      return words.replaceAll("password \\S+", "password ***").getBytes(StandardCharsets.UTF_8);
    }
  }

  static Server start(int httpPort, int udpPort) {
    return Server.builder()
        .listen(Port.http(httpPort), Port.udp(udpPort))
        .with(DirectMessages.module().hooks(new Discreet()))
        .start();
  }

  public static void main(String[] args) throws InterruptedException {
    start(7000, 7100).await();
  }
}
