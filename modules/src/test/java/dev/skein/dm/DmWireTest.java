package dev.skein.dm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.CommandFailed;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.Transport;
import dev.skein.protocol.Channel;
import dev.skein.protocol.dm.DmCode;
import dev.skein.server.CommandException;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.User;
import dev.skein.server.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Direct messages from real clients through real sockets to a real node and back. */
@Timeout(60)
class DmWireTest {
  private final List<Client> clients = new ArrayList<>();
  private final DirectMessages messages = DirectMessages.module();
  private Server server;

  /** Says "please" for everybody, refuses rude words, and shouts at the deaf. */
  private static final class Manners implements DmHooks {
    @Override
    public byte[] beforeSend(User from, String to, byte[] data) {
      if (text(data).contains("noob")) {
        throw CommandException.bad(DmCode.DENIED, "be nice");
      }
      return text(data).equals("come") ? bytes("come, please") : data;
    }

    @Override
    public byte[] beforeDeliver(User to, String from, byte[] data) {
      return to.uid().equals("deaf") ? bytes(text(data).toUpperCase(java.util.Locale.ROOT)) : data;
    }
  }

  @BeforeEach
  void start() {
    server =
        Server.builder()
            .listen(Port.http(0), Port.udp(0), Port.tcp(0))
            .set(Settings.SESSION_IDLE_TIMEOUT_MILLIS, 500)
            .set(Settings.SESSION_RESUME_TTL_MILLIS, 1_000)
            .with(messages.hooks(new Manners()))
            .start();
  }

  @AfterEach
  void stop() {
    clients.forEach(Client::close);
    server.stop();
  }

  private Client connect(String uid, Transport transport) {
    Client client =
        Client.builder()
            .http("http://127.0.0.1:" + server.address(Role.HTTP).orElseThrow().getPort())
            .uid(uid)
            .transport(transport)
            .reconnect(ReconnectPolicy.NEVER)
            .connect()
            .join();
    clients.add(client);
    return client;
  }

  private static ConcurrentLinkedQueue<String> ears(Client client) {
    ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    client.directMessages().onMessage((from, data) -> heard.add(from + " " + text(data)));
    client.directMessages().onPeerGone((uid, lost) -> heard.add("gone " + uid + " " + lost));
    client.directMessages().onUndelivered((uid, code) -> heard.add("failed " + uid + " " + code));
    return heard;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static void hears(ConcurrentLinkedQueue<String> heard, String... lines) {
    Awaitility.await()
        .atMost(15, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(heard).containsExactly(lines));
  }

  private static void failsWith(int code, CompletableFuture<?> future) {
    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOfSatisfying(
            CommandFailed.class, failed -> assertThat(failed.code()).isEqualTo(code));
  }

  @Test
  void messagesArriveInTheOrderTheyWereSent() {
    Client alice = connect("alice", Transport.UDP);
    Client bob = connect("bob", Transport.TCP);
    var heard = ears(bob);
    String[] lines = new String[20];
    for (int i = 0; i < lines.length; i++) {
      alice.directMessages().post("bob", bytes("m" + i), Channel.ordered(0));
      lines[i] = "alice m" + i;
    }
    hears(heard, lines);
    bob.directMessages().send("alice", bytes("thanks")).join();
  }

  @Test
  void anOfflineReceiverIsAnError() {
    Client alice = connect("alice", Transport.UDP);
    var heard = ears(alice);
    failsWith(DmCode.OFFLINE, alice.directMessages().send("nobody", bytes("hello?")));
    alice.directMessages().post("nobody", bytes("hello?"), Channel.ordered(0));
    List<Integer> errors = new ArrayList<>();
    alice.onError(error -> errors.add(error.code()));
    Awaitility.await()
        .until(() -> heard.contains("failed nobody 5001") || errors.contains(DmCode.OFFLINE));
    failsWith(DmCode.TOO_LARGE, alice.directMessages().send("alice", new byte[61_441]));
  }

  @Test
  void hooksRewriteAndRefuse() {
    Client alice = connect("alice", Transport.UDP);
    var heard = ears(connect("deaf", Transport.UDP));
    alice.directMessages().send("deaf", bytes("come")).join();
    hears(heard, "alice COME, PLEASE");
    failsWith(DmCode.DENIED, alice.directMessages().send("deaf", bytes("noob")));
  }

  @Test
  void aPeerIsToldOfAnEndOnceAndOnlyAPeer() {
    Client alice = connect("alice", Transport.UDP);
    Client bob = connect("bob", Transport.UDP);
    Client carol = connect("carol", Transport.UDP);
    var bobs = ears(bob);
    var carols = ears(carol);
    alice.directMessages().send("bob", bytes("hi")).join();
    alice.directMessages().end("bob").join();
    hears(bobs, "alice hi", "gone alice false");
    carol.directMessages().send("alice", bytes("hi")).join();
    alice.close();
    hears(carols, "gone alice true");
    assertThat(bobs).hasSize(2);
  }

  @Test
  void theServerSendsInAUsersNameToo() {
    connect("alice", Transport.UDP);
    var heard = ears(connect("bob", Transport.UDP));
    List<User> users = new ArrayList<>();
    Awaitility.await()
        .until(() -> {
          users.addAll(server.user("alice").stream().toList());
          return !users.isEmpty();
        });
    messages.send(users.getFirst(), "bob", bytes("from the server")).toCompletableFuture().join();
    hears(heard, "alice from the server");
    assertThat(messages.peers(users.getFirst()).toCompletableFuture().join())
        .containsExactly("bob");
  }
}
