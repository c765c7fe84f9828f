package dev.skein.examples;

import dev.skein.client.Client;
import dev.skein.client.Transport;
import dev.skein.client.session.Session;
import dev.skein.protocol.payload.Value;
import dev.skein.server.Port;
import dev.skein.server.Server;
import dev.skein.session.Sessions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A leader invites a friend to a party; when both are ready, the leader says where to go. */
public final class PartyGame {
  private PartyGame() {}

  static Server start(int httpPort, int udpPort) {
    return Server.builder()
        .listen(Port.http(httpPort), Port.udp(udpPort))
        .with(Sessions.module())
        .start();
  }

  /** Where the leader goes when the friend is ready. */
  static void lead(String http, String uid, String friend, String where) {
    try (Client client = Client.connect(http, uid, Transport.UDP).join()) {
      Session party = client.sessions().create("party").join();
      CompletableFuture<Void> ready = new CompletableFuture<>();
      CompletableFuture<Void> gone = new CompletableFuture<>();
      party.onProperties(changes -> ready.complete(null));
      party.onLeft((who, reason, message) -> gone.complete(null));
      party.invite(List.of(friend), "come along".getBytes(StandardCharsets.UTF_8)).join();
      ready.join();
      party.broadcast(where.getBytes(StandardCharsets.UTF_8));
      gone.join();
    }
  }

  /** Comes when invited, says that it is ready, and tells where it is led to. */
  static String follow(Client client) {
    CompletableFuture<String> where = new CompletableFuture<>();
    client
        .sessions()
        .onEntered(party -> {
          party.onBroadcast(
              (from, data) -> where.complete(new String(data, StandardCharsets.UTF_8)));
          party.incrementProperty("ready", Value.of(1));
        });
    client.sessions().onInvited(invitation -> client.sessions().join(invitation.sessionId()));
    return where.join();
  }

  public static void main(String[] args) throws InterruptedException {
    start(7000, 7100).await();
  }
}
