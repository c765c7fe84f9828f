package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.CommandFailed;
import dev.skein.client.Transport;
import dev.skein.protocol.Code;
import dev.skein.server.config.Settings;
import dev.skein.server.config.Settings.DuplicateLogin;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LoginWireTest {
  private @Nullable Server running;
  private final List<Client> clients = new ArrayList<>();

  record Greeting(String name) {}

  record Greeted(String text, int times) {}

  @AfterEach
  void stop() {
    clients.forEach(Client::close);
    if (running != null) {
      running.stop();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aClientLogsInAndItsCommandsAreAnswered(Transport transport) {
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    Server server =
        start(
            Server.builder()
                .command(
                    2,
                    10,
                    Greeting.class,
                    (user, greeting) -> new Greeted(user.uid() + ": " + greeting.name(), 2))
                .commandNonBlocking(
                    2,
                    11,
                    (user, command) -> {
                      user.push(2, 12, command.payload());
                      return null;
                    })
                .onNewUser(user -> seen.add("new " + user.uid() + " " + user.role()))
                .onDiscardUser((user, reason) -> seen.add("discarded " + user.uid())));
    Client alice = connect("alice", transport);
    assertThat(alice.call(0, 1, bytes("hello")).join()).isEqualTo(bytes("hello"));
    assertThat(alice.call(2, 10, new Greeting("hi"), Greeted.class).join())
        .isEqualTo(new Greeted("alice: hi", 2));
    CompletableFuture<byte[]> pushed = new CompletableFuture<>();
    alice.onPush(2, 12, pushed::complete);
    alice.call(2, 11, bytes("back")).join();
    assertThat(pushed.join()).isEqualTo(bytes("back"));
    assertThat(server.ccu()).isEqualTo(1);
    assertThat(server.user("alice").orElseThrow().sid()).isEqualTo(alice.sid());

    alice.close();
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> server.ccu() == 0);
    assertThat(seen).containsExactly("new alice " + role(transport), "discarded alice");
  }

  @Test
  void handlersThatBlockThrowOrNeverCompleteStallNeitherOtherUsersNorTheShard() {
    CountDownLatch gate = new CountDownLatch(1);
    start(
        Server.builder()
            .set(Settings.SERVER_SHARDS_COUNT, 1)
            .set(Settings.LIMITS_COMMAND_TIMEOUT_MILLIS, 500)
            .command(
                2,
                10,
                (user, command) -> {
                  gate.await();
                  return command.payload();
                })
            .command(
                2,
                11,
                (user, command) -> {
                  throw new IllegalStateException("broken");
                })
            .commandAsync(2, 12, (user, command) -> new CompletableFuture<>()));
    Client blocked = connect("blocked", Transport.UDP);
    Client broken = connect("broken", Transport.UDP);
    Client waiting = connect("waiting", Transport.UDP);
    Client lucky = connect("lucky", Transport.UDP);

    final CompletableFuture<byte[]> never = blocked.call(2, 10, bytes("x"));
    final CompletableFuture<byte[]> afterNever = blocked.call(0, 1, bytes("after"));
    final CompletableFuture<byte[]> silent = waiting.call(2, 12, bytes("x"));
    final CompletableFuture<byte[]> afterSilent = waiting.call(0, 1, bytes("after"));
    for (int i = 0; i < 20; i++) {
      assertFails(broken.call(2, 11, bytes("x")), Code.INTERNAL);
      assertThat(lucky.call(0, 1, bytes("fine")).join()).isEqualTo(bytes("fine"));
    }
    assertFails(never, Code.TIMEOUT);
    assertThat(afterNever.join()).isEqualTo(bytes("after"));
    assertFails(silent, Code.TIMEOUT);
    assertThat(afterSilent.join()).isEqualTo(bytes("after"));
    gate.countDown();
    assertThat(broken.call(0, 1, bytes("still here")).join()).isEqualTo(bytes("still here"));
  }

  @Test
  void aSecondLoginEndsTheFirstWhichIsToldWhy() {
    Server server = start(Server.builder());
    Client first = connect("alice", Transport.UDP);
    CompletableFuture<Integer> code = new CompletableFuture<>();
    first.onDisconnected(reason -> code.complete(reason.code()));
    Client second = connect("alice", Transport.TCP);
    assertThat(code.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(Code.REPLACED);
    assertThat(second.call(0, 1, bytes("mine now")).join()).isEqualTo(bytes("mine now"));
    assertThat(server.ccu()).isEqualTo(1);
  }

  @Test
  void aSecondLoginIsRefusedIfTheNodeIsConfiguredSo() {
    start(Server.builder().set(Settings.SERVER_DUPLICATE_LOGIN, DuplicateLogin.REFUSE));
    Client first = connect("alice", Transport.UDP);
    assertThatThrownBy(() -> connect("alice", Transport.UDP))
        .isInstanceOf(CompletionException.class);
    assertThat(first.call(0, 1, bytes("still mine")).join()).isEqualTo(bytes("still mine"));
  }

  @Test
  void aStoppingServerTellsItsClients() {
    Server server = start(Server.builder());
    Client alice = connect("alice", Transport.UDP);
    CompletableFuture<Integer> code = new CompletableFuture<>();
    alice.onDisconnected(reason -> code.complete(reason.code()));
    server.stop();
    assertThat(code.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(Code.SHUTDOWN);
    assertThat(server.ccu()).isZero();
  }

  private Server start(ServerBuilder builder) {
    Server server =
        builder.listen(Port.http(0), Port.udp(0), Port.tcp(0), Port.websocket(0)).start();
    running = server;
    return server;
  }

  private Client connect(String uid, Transport transport) {
    int port = Objects.requireNonNull(running).address(Role.HTTP).orElseThrow().getPort();
    Client client = Client.connect("http://127.0.0.1:" + port, uid, transport).join();
    clients.add(client);
    return client;
  }

  private static void assertFails(CompletableFuture<byte[]> call, int code) {
    assertThatThrownBy(call::join)
        .cause()
        .isInstanceOfSatisfying(
            CommandFailed.class, failed -> assertThat(failed.code()).isEqualTo(code));
  }

  private static Role role(Transport transport) {
    return Role.valueOf(transport.name().startsWith("W") ? "WS" : transport.name());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
