package dev.skein.dm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.CommandFailed;
import dev.skein.client.Transport;
import dev.skein.module.RealNode;
import dev.skein.protocol.Channel;
import dev.skein.protocol.dm.DmCode;
import dev.skein.server.CommandException;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Direct messages from real clients through real sockets to a real node and back. */
@Timeout(60)
class DmWireTest {
  private final DirectMessages messages = DirectMessages.module();
  private RealNode node;

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
    node = RealNode.start(messages.hooks(new Manners()), 1_000);
  }

  @AfterEach
  void stop() {
    node.close();
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
    RealNode.patience().untilAsserted(() -> assertThat(heard).containsExactly(lines));
  }

  private static void failsWith(int code, CompletableFuture<?> future) {
    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOfSatisfying(
            CommandFailed.class, failed -> assertThat(failed.code()).isEqualTo(code));
  }

  @Test
  void messagesArriveInTheOrderTheyWereSent() {
    Client alice = node.connect("alice", Transport.UDP);
    Client bob = node.connect("bob", Transport.TCP);
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
    Client alice = node.connect("alice", Transport.UDP);
    var heard = ears(alice);
    failsWith(DmCode.OFFLINE, alice.directMessages().send("nobody", bytes("hello?")));
    alice.directMessages().post("nobody", bytes("hello?"), Channel.ordered(0));
    List<Integer> errors = new ArrayList<>();
    alice.onError(error -> errors.add(error.code()));
    RealNode.patience()
        .until(() -> heard.contains("failed nobody 5001") || errors.contains(DmCode.OFFLINE));
    failsWith(DmCode.TOO_LARGE, alice.directMessages().send("alice", new byte[61_441]));
  }

  @Test
  void hooksRewriteAndRefuse() {
    Client alice = node.connect("alice", Transport.UDP);
    var heard = ears(node.connect("deaf", Transport.UDP));
    alice.directMessages().send("deaf", bytes("come")).join();
    hears(heard, "alice COME, PLEASE");
    failsWith(DmCode.DENIED, alice.directMessages().send("deaf", bytes("noob")));
  }

  @Test
  void aPeerIsToldOfAnEndOnceAndOnlyAPeer() {
    Client alice = node.connect("alice", Transport.UDP);
    Client bob = node.connect("bob", Transport.UDP);
    Client carol = node.connect("carol", Transport.UDP);
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
    node.connect("alice", Transport.UDP);
    var heard = ears(node.connect("bob", Transport.UDP));
    List<User> users = new ArrayList<>();
    RealNode.patience()
        .until(() -> {
          users.addAll(node.server().user("alice").stream().toList());
          return !users.isEmpty();
        });
    messages.send(users.getFirst(), "bob", bytes("from the server")).toCompletableFuture().join();
    hears(heard, "alice from the server");
    assertThat(messages.peers(users.getFirst()).toCompletableFuture().join())
        .containsExactly("bob");
  }
}
