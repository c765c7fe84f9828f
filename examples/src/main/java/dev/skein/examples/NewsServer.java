package dev.skein.examples;

import dev.skein.notifier.Notification;
import dev.skein.notifier.Notifier;
import dev.skein.server.Port;
import dev.skein.server.Server;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Tells every player the news, once, also those who come within the hour. */
public final class NewsServer {
  static final int VER = 2;
  static final int NEWS = 40;

  /** Stands for the table that the operators of a game fill. */
  private volatile Optional<String> headline = Optional.empty();

  void publish(String text) {
    headline = Optional.of(text);
  }

  private Optional<Notification> current() {
    return headline.map(text ->
        new Notification(
            text, "news", VER, NEWS, text.getBytes(StandardCharsets.UTF_8), Duration.ofHours(1)));
  }

  Server start(int httpPort, int udpPort, Duration interval) {
    return Server.builder()
        .listen(Port.http(httpPort), Port.udp(udpPort))
        .with(Notifier.module().service("news", interval, this::current))
        .start();
  }

  public static void main(String[] args) throws InterruptedException {
    NewsServer news = new NewsServer();
    news.publish("The gates are open");
    news.start(7000, 7100, Duration.ofSeconds(60)).await();
  }
}
