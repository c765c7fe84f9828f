package dev.skein.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Deadlines deadlines = new Deadlines();
  private final Calls calls = new Calls(deadlines, Runnable::run, 2);
  private final Pushes pushes = new Pushes();
  private final List<CommandFailed> errors = new ArrayList<>();
  private final Inbox inbox = new Inbox(calls, pushes, errors::add);
  private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

  @Test
  void anOkResponseCompletesItsCall() {
    long id = calls.add(2, 10, SECOND, answer, 0);
    receive("02" + "0%d".formatted(id) + "02000a" + "01" + "abcd");
    assertThat(answer.join()).containsExactly(0xab, 0xcd);
    assertThat(calls.pending()).isZero();
  }

  @Test
  void anErrorResponseFailsItsCallWithCodeAndText() {
    long id = calls.add(2, 10, SECOND, answer, 0);
    receive("02" + "0%d".formatted(id) + "02000a" + "04" + "03ec" + "6e6f");
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfSatisfying(
            CommandFailed.class,
            failed -> {
              assertThat(failed.status()).isEqualTo(CommandFailed.Status.BAD);
              assertThat(failed.code()).isEqualTo(1004);
              assertThat(failed.text()).isEqualTo("no");
            });
  }

  @Test
  void anErrorNobodyAwaitsIsReported() {
    receive("02" + "00" + "02000a" + "05" + "03e9");
    assertThat(errors).singleElement().extracting(CommandFailed::code).isEqualTo(1001);
  }

  @Test
  void aSecondResponseToTheSameCallDoesNothing() {
    calls.add(2, 10, SECOND, answer, 0);
    receive("020102000a01aa");
    receive("020102000a01bb");
    assertThat(answer.join()).containsExactly(0xaa);
  }

  @Test
  void aCallWithoutAnswerTimesOutAtItsTimeAndNotBefore() {
    calls.add(2, 10, SECOND, answer, 0);
    deadlines.expire(SECOND.toNanos() - 1);
    assertThat(answer).isNotDone();
    deadlines.expire(SECOND.toNanos());
    assertThatThrownBy(answer::join).hasCauseInstanceOf(CallTimedOut.class);
    assertThat(calls.timedOut()).isOne();
  }

  @Test
  void pendingCallsAreBoundedAndAllFailWithTheSession() {
    calls.add(2, 1, SECOND, answer, 0);
    assertThat(calls.full()).isFalse();
    calls.add(2, 2, SECOND, new CompletableFuture<>(), 0);
    assertThat(calls.full()).isTrue();
    calls.failAll(new NotConnected("over"));
    assertThatThrownBy(answer::join).hasCauseInstanceOf(NotConnected.class);
    assertThat(calls.pending()).isZero();
    assertThat(deadlines.nanosToNext(0)).isEqualTo(Deadline.NEVER);
  }

  @Test
  void pushesGoToTheirSubscribersUntilTheyClose() {
    List<String> heard = new ArrayList<>();
    Subscription first = pushes.add(2, 12, note(heard, "first"));
    pushes.add(2, 12, note(heard, "second"));
    for (int cmd = 100; cmd < 200; cmd++) {
      pushes.add(1, cmd, note(heard, "other"));
    }
    receive("0302000c" + "68");
    first.close();
    receive("0302000c" + "69");
    receive("0302000d" + "69");
    assertThat(heard).containsExactly("first h", "second h", "second i");
    assertThat(inbox.pushesUnhandled()).isOne();
  }

  @Test
  void whatIsNoMessageIsCountedAndDropped() {
    for (String bytes :
        List.of(
            "",
            "01",
            "03",
            "030200",
            "02",
            "0201",
            "020102000a",
            "0280",
            "020102000a07",
            "020102000a0401",
            "ff00")) {
      receive(bytes);
    }
    assertThat(inbox.messagesMalformed()).isEqualTo(11);
  }

  private static PushView note(List<String> heard, String who) {
    return (channel, buffer, offset, length) ->
        heard.add(who + " " + new String(buffer, offset, length, StandardCharsets.UTF_8));
  }

  private void receive(String hex) {
    byte[] message = HexFormat.of().parseHex(hex);
    byte[] around = new byte[message.length + 10];
    System.arraycopy(message, 0, around, 5, message.length);
    inbox.onMessage(Channel.ordered(0), around, 5, message.length);
  }
}
