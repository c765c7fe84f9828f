package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.session.FrameBatch;
import dev.skein.server.transport.ConnectionEvents;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CrowdTest {
  private static final int WINDOW_MILLIS = 20;

  private final TestNode node = new TestNode();
  private final Crowd crowd = new Crowd(node.shard, WINDOW_MILLIS);

  @Test
  void unreliableMessagesOfAWindowLeaveAtItsEndInOrder() throws Exception {
    TestConnection alice = join("alice");
    say("one", Channel.UNRELIABLE, null);
    node.shard.advanceMillis(WINDOW_MILLIS - 1);
    say("two", Channel.UNRELIABLE, null);
    assertThat(alice.sent()).isEmpty();
    node.shard.advanceMillis(1);
    assertThat(texts(alice)).containsExactly("one", "two");
    say("three", Channel.UNRELIABLE, null);
    assertThat(texts(alice)).hasSize(2);
    node.shard.advanceMillis(WINDOW_MILLIS);
    assertThat(texts(alice)).containsExactly("one", "two", "three");
  }

  @Test
  void whoIsExceptedFromAMessageGetsTheOthersOfItsWindow() throws Exception {
    TestConnection alice = join("alice");
    TestConnection bob = join("bob");
    say("of alice", Channel.UNRELIABLE, node.user("alice"));
    say("for all", Channel.UNRELIABLE, null);
    say("of bob", Channel.UNRELIABLE, node.user("bob"));
    node.shard.advanceMillis(WINDOW_MILLIS);
    assertThat(texts(alice)).containsExactly("for all", "of bob");
    assertThat(texts(bob)).containsExactly("of alice", "for all");
    say("again", Channel.UNRELIABLE, null);
    node.shard.advanceMillis(WINDOW_MILLIS);
    assertThat(texts(alice)).endsWith("again");
    assertThat(texts(bob)).endsWith("again");
  }

  @Test
  void reliableMessagesAndThoseTooLongForABatchDoNotWaitHere() throws Exception {
    TestConnection alice = join("alice");
    say("reliable", Channel.ordered(0), null);
    String longText = "x".repeat(FrameBatch.MAX_BYTES);
    say(longText, Channel.UNRELIABLE, null);
    assertThat(texts(alice)).containsExactly("reliable", longText);
  }

  @Test
  void aFullBatchLeavesBeforeTheWindowEnds() throws Exception {
    TestConnection alice = join("alice");
    String half = "y".repeat(FrameBatch.MAX_BYTES / 2);
    say(half, Channel.UNRELIABLE, null);
    say(half, Channel.UNRELIABLE, null);
    assertThat(texts(alice)).containsExactly(half);
    node.shard.advanceMillis(WINDOW_MILLIS);
    assertThat(texts(alice)).containsExactly(half, half);
  }

  @Test
  void whoComesHearsNothingFromBeforeAndWhoGoesAllOfIt() throws Exception {
    TestConnection alice = join("alice");
    say("early", Channel.UNRELIABLE, null);
    TestConnection bob = join("bob");
    say("late", Channel.UNRELIABLE, null);
    crowd.remove(node.user("alice"));
    say("after", Channel.UNRELIABLE, null);
    node.shard.advanceMillis(WINDOW_MILLIS);
    assertThat(texts(alice)).containsExactly("early", "late");
    assertThat(texts(bob)).containsExactly("late", "after");
  }

  @Test
  void withoutAWindowEverythingLeavesAtOnce() throws Exception {
    TestConnection alice = node.connect("alice");
    Crowd hasty = new Crowd(node.shard, 0);
    hasty.add(node.user("alice"));
    hasty.send(bytes("now"), Channel.UNRELIABLE, null);
    assertThat(texts(alice)).containsExactly("now");
  }

  private TestConnection join(String uid) throws ConnectionEvents.Refused {
    TestConnection connection = node.connect(uid);
    crowd.add(node.user(uid));
    return connection;
  }

  private void say(String text, Channel channel, @Nullable User except) {
    crowd.send(bytes(text), channel, except);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> texts(TestConnection connection) {
    return connection.sent().stream()
        .map(sent -> new String(sent.message(), StandardCharsets.UTF_8))
        .toList();
  }
}
