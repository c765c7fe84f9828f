package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DispatchTest {
  private static final int OK = 1;
  private static final int BAD = 4;
  private static final int ERR = 5;

  private final TestNode node = new TestNode();

  @Test
  void echoAnswersWhatItGot() throws Exception {
    TestConnection alice = node.connect("alice");
    alice.command(7, 0, 1, "hello");
    assertThat(alice.onlyResponse())
        .isEqualTo(new TestConnection.Response(7, 0, 1, OK, 0, "hello"));
  }

  @Test
  void anUnknownCommandIsAnsweredBad() throws Exception {
    TestConnection alice = node.connect("alice");
    alice.command(7, 9, 9, "");
    assertThat(alice.onlyResponse().status()).isEqualTo(BAD);
    assertThat(alice.onlyResponse().code()).isEqualTo(Code.UNKNOWN_COMMAND);
  }

  @Test
  void aHiddenBuiltInCommandIsUnknownToClients() throws Exception {
    node.table.addBuiltIn(0x0101, new Route.Unknown());
    TestConnection alice = node.connect("alice");
    alice.command(7, 1, 0x0101, "");
    assertThat(alice.onlyResponse().code()).isEqualTo(Code.UNKNOWN_COMMAND);
  }

  @Test
  void aMessageThatIsNoCommandIsAnsweredBadWithoutARequestId() throws Exception {
    TestConnection alice = node.connect("alice");
    for (byte[] message :
        List.of(
            new byte[] {},
            new byte[] {1},
            new byte[] {2, 0, 2, 0, 1},
            new byte[] {1, 5, 2, 0},
            new byte[] {1, (byte) 0xC0, 0, 0, 0, 2, 0, 1})) {
      alice.sent().clear();
      alice.raw(Channel.UNRELIABLE, message);
      assertThat(alice.onlyResponse().requestId()).isZero();
      assertThat(alice.onlyResponse().status()).isEqualTo(BAD);
      assertThat(alice.onlyResponse().code()).isEqualTo(Code.MALFORMED);
    }
    assertThat(node.metrics.counter("skein.messages.malformed", "").count()).isEqualTo(5);
  }

  @Test
  void aCommandWithoutRequestIdGetsNoOkButItsErrors() throws Exception {
    TestConnection alice = node.connect("alice");
    alice.command(0, 0, 1, "hello");
    assertThat(alice.sent()).isEmpty();
    alice.command(0, 9, 9, "");
    assertThat(alice.onlyResponse().code()).isEqualTo(Code.UNKNOWN_COMMAND);
  }

  @Test
  void aResponseTravelsOrderedOnTheChannelOfItsCommand() throws Exception {
    TestConnection alice = node.connect("alice");
    alice.command(1, 0, 1, new byte[0], Channel.sequenced(5));
    alice.command(2, 0, 1, new byte[0], Channel.RELIABLE);
    assertThat(alice.sent())
        .extracting(TestConnection.Sent::channel)
        .containsExactly(Channel.ordered(5), Channel.ordered(0));
  }

  @Test
  void aHandlerAnswersBadOrErrByThrowing() throws Exception {
    onShard(
        10,
        (user, command) -> {
          throw CommandException.bad(2001, "full");
        });
    onShard(
        11,
        (user, command) -> {
          throw CommandException.err(2002, "broken");
        });
    onShard(
        12,
        (user, command) -> {
          throw new IllegalStateException("a secret of the server");
        });
    TestConnection alice = node.connect("alice");
    alice.command(1, 2, 10, "");
    alice.command(2, 2, 11, "");
    alice.command(3, 2, 12, "");
    assertThat(alice.responses())
        .containsExactly(
            new TestConnection.Response(1, 2, 10, BAD, 2001, "full"),
            new TestConnection.Response(2, 2, 11, ERR, 2002, "broken"),
            new TestConnection.Response(3, 2, 12, ERR, Code.INTERNAL, "the server failed"));
  }

  @Test
  void evenAnErrorInAHandlerIsAnswered() throws Exception {
    onShard(
        10,
        (user, command) -> {
          throw new StackOverflowError();
        });
    blocking(
        11,
        (user, command) -> {
          throw new AssertionError("no");
        });
    TestConnection alice = node.connect("alice");
    alice.command(1, 2, 10, "");
    alice.command(2, 2, 11, "");
    node.shard.runUntil(() -> alice.responses().size() == 2);
    assertThat(alice.responses())
        .extracting(TestConnection.Response::code)
        .containsExactly(Code.INTERNAL, Code.INTERNAL);
  }

  @Test
  void aBlockingHandlerRunsOffTheShardAndItsUsersCommandsWaitInOrder() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    ConcurrentLinkedQueue<String> handled = new ConcurrentLinkedQueue<>();
    blocking(
        10,
        (user, command) -> {
          assertThat(Thread.currentThread().isVirtual()).isTrue();
          gate.await();
          handled.add(text(command));
          return command.payload();
        });
    onShard(
        11,
        (user, command) -> {
          handled.add(text(command));
          return null;
        });
    TestConnection alice = node.connect("alice");
    TestConnection bob = node.connect("bob");
    alice.command(1, 2, 10, "a");
    alice.command(2, 2, 11, "b");
    alice.command(3, 2, 10, "c");
    bob.command(1, 2, 11, "bob is not held up");
    assertThat(handled).containsExactly("bob is not held up");

    gate.countDown();
    node.shard.runUntil(() -> alice.responses().size() == 3);
    assertThat(handled).containsExactly("bob is not held up", "a", "b", "c");
    assertThat(alice.responses())
        .extracting(TestConnection.Response::requestId)
        .containsExactly(1L, 2L, 3L);
    assertThat(node.shard.pendingTimers()).isZero();
  }

  @Test
  void commandsBeyondTheQueueAreRefusedAndLaterOnesHandledAgain() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    blocking(
        10,
        (user, command) -> {
          gate.await();
          return null;
        });
    TestConnection alice = node.connect("alice");
    for (int id = 1; id <= 1 + TestNode.QUEUE_MAX_COUNT; id++) {
      alice.command(id, 2, 10, "");
    }
    assertThat(alice.responses()).isEmpty();
    alice.command(99, 0, 1, "one too many");
    assertThat(alice.onlyResponse().requestId()).isEqualTo(99);
    assertThat(alice.onlyResponse().status()).isEqualTo(BAD);
    assertThat(alice.onlyResponse().code()).isEqualTo(Code.TOO_MANY);

    gate.countDown();
    node.shard.runUntil(() -> alice.responses().size() == 2 + TestNode.QUEUE_MAX_COUNT);
    alice.command(100, 0, 1, "fine");
    assertThat(alice.responses().getLast().text()).isEqualTo("fine");
  }

  @Test
  void aHandlerThatNeverCompletesIsGivenUpJustAtItsTimeout() throws Exception {
    CompletableFuture<byte[]> never = new CompletableFuture<>();
    node.table.addGame(2, 10, new Route.Later((user, command) -> never));
    TestConnection alice = node.connect("alice");
    alice.command(1, 2, 10, "");
    alice.command(2, 0, 1, "next");
    node.shard.advanceMillis(TestNode.TIMEOUT_MILLIS - 1);
    assertThat(alice.responses()).isEmpty();

    node.shard.advanceMillis(1);
    assertThat(alice.responses().getFirst().status()).isEqualTo(ERR);
    assertThat(alice.responses().getFirst().code()).isEqualTo(Code.TIMEOUT);
    assertThat(alice.responses().getLast().text()).isEqualTo("next");

    never.complete(new byte[0]);
    assertThat(alice.responses()).hasSize(2);
  }

  @Test
  void aBlockedHandlerIsInterruptedAtItsTimeout() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    blocking(
        10,
        (user, command) -> {
          began.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return null;
        });
    TestConnection alice = node.connect("alice");
    alice.command(1, 2, 10, "");
    began.await();
    node.shard.advanceMillis(TestNode.TIMEOUT_MILLIS);
    interrupted.await();
    assertThat(alice.onlyResponse().code()).isEqualTo(Code.TIMEOUT);
  }

  @Test
  void theNodeLimitsHowManyHandlersRun() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    blocking(
        10,
        (user, command) -> {
          gate.await();
          return null;
        });
    for (int i = 0; i < TestNode.RUNNING_MAX_COUNT; i++) {
      node.connect("busy" + i).command(1, 2, 10, "");
    }
    TestConnection late = node.connect("late");
    late.command(1, 2, 10, "");
    assertThat(late.onlyResponse().status()).isEqualTo(ERR);
    assertThat(late.onlyResponse().code()).isEqualTo(Code.TOO_MANY);
    gate.countDown();
  }

  @Test
  void aStageAnswersWhenItCompletesAndWithWhatItFailed() throws Exception {
    CompletableFuture<byte[]> first = new CompletableFuture<>();
    CompletableFuture<byte[]> second = new CompletableFuture<>();
    node.table.addGame(2, 10, new Route.Later((user, command) -> first));
    node.table.addGame(2, 11, new Route.Later((user, command) -> second.thenApply(x -> x)));
    TestConnection alice = node.connect("alice");
    alice.command(1, 2, 10, "");
    alice.command(2, 2, 11, "");
    Thread.ofVirtual().start(() -> first.complete("later".getBytes(StandardCharsets.UTF_8)));
    node.shard.runUntil(() -> alice.responses().size() == 1);
    Thread.ofVirtual()
        .start(() -> second.completeExceptionally(CommandException.bad(2003, "wrapped")));
    node.shard.runUntil(() -> alice.responses().size() == 2);
    assertThat(alice.responses())
        .containsExactly(
            new TestConnection.Response(1, 2, 10, OK, 0, "later"),
            new TestConnection.Response(2, 2, 11, BAD, 2003, "wrapped"));
  }

  @Test
  void handlersOfAChainRunInOrderUntilOneThrows() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CommandHandler first =
        (user, command) -> {
          calls.incrementAndGet();
          return "first".getBytes(StandardCharsets.UTF_8);
        };
    CommandHandler silent =
        (user, command) -> {
          calls.incrementAndGet();
          return null;
        };
    CommandHandler veto =
        (user, command) -> {
          throw CommandException.bad(2004, "no");
        };
    node.table.addGame(2, 10, new Route.OnShard(List.of(first, silent)));
    node.table.addGame(2, 11, new Route.OnShard(List.of(veto, first)));
    TestConnection alice = node.connect("alice");
    alice.command(1, 2, 10, "");
    alice.command(2, 2, 11, "");
    assertThat(calls).hasValue(2);
    assertThat(alice.responses())
        .extracting(TestConnection.Response::text)
        .containsExactly("first", "no");
  }

  @Test
  void hooksSeeEveryCommandAndOneBeforeItMayAnswer() throws Exception {
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    node.hooks.before.add((user, command) -> seen.add("before " + command.cmd()));
    node.hooks.before.add((user, command) -> {
      if (command.cmd() == 66) {
        throw CommandException.bad(Code.UNAUTHORIZED, "not you");
      }
    });
    node.hooks.after.add((user, command, status, code) ->
        seen.add("after " + command.cmd() + " " + status + " " + code));
    node.hooks.after.add((user, command, status, code) -> {
      throw new IllegalStateException("a hook's failure is only logged");
    });
    onShard(66, (user, command) -> null);
    TestConnection alice = node.connect("alice");
    alice.command(1, 0, 1, "");
    alice.command(2, 2, 66, "");
    assertThat(seen).containsExactly("before 1", "after 1 OK 0", "before 66", "after 66 BAD 1011");
  }

  @Test
  void anAnswerTooLargeToSendBecomesAnError() throws Exception {
    onShard(10, (user, command) -> new byte[70_000]);
    TestConnection alice = node.connect("alice");
    alice.command(1, 2, 10, "");
    assertThat(alice.onlyResponse().status()).isEqualTo(ERR);
    assertThat(alice.onlyResponse().code()).isEqualTo(Code.TOO_LARGE);
  }

  @Test
  void aBuiltInCommandIsAnsweredOnceFromAnyThread() throws Exception {
    ConcurrentLinkedQueue<Responder> responders = new ConcurrentLinkedQueue<>();
    node.table.addBuiltIn(
        0x0101, new Route.BuiltIn((user, command, responder) -> responders.add(responder)));
    TestConnection alice = node.connect("alice");
    alice.command(1, 1, 0x0101, "");
    Responder responder = responders.remove();
    Thread.ofVirtual().start(() -> responder.bad(2005, "first"));
    node.shard.runUntil(() -> !alice.responses().isEmpty());
    responder.ok();
    assertThat(alice.onlyResponse().code()).isEqualTo(2005);
  }

  @Test
  void aMessageOverTheRateIsAnsweredAndNotHandled() throws Exception {
    TestConnection alice = node.connect("alice");
    byte[] echo = {1, 9, 0, 0, 1};
    alice.events().onTooMany(Channel.ordered(0), echo, 0, echo.length);
    assertThat(alice.onlyResponse().requestId()).isEqualTo(9);
    assertThat(alice.onlyResponse().code()).isEqualTo(Code.TOO_MANY);
  }

  private void onShard(int cmd, CommandHandler handler) {
    node.table.addGame(2, cmd, new Route.OnShard(List.of(handler)));
  }

  private void blocking(int cmd, CommandHandler handler) {
    node.table.addGame(2, cmd, new Route.Blocking(List.of(handler)));
  }

  private static String text(Command command) {
    return new String(command.payload(), StandardCharsets.UTF_8);
  }
}
