package dev.skein.server;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.Channel;
import java.util.List;

/** Whatever an authenticated client sends as messages is answered; nothing throws. */
class CommandFuzzTest {
  private static final int STATUS_OK = 1;
  private static final int STATUS_BAD = 4;

  @FuzzTest(maxDuration = "10s")
  void anyMessagesGetAtMostOneOkOrBadEach(FuzzedDataProvider data) throws Exception {
    TestNode node = new TestNode();
    node.table.addGame(2, 10, new Route.OnShard(List.of((user, command) -> command.payload())));
    TestConnection alice = node.connect("alice");
    int messages = 0;
    while (data.remainingBytes() > 0 && messages < 32) {
      Channel channel = data.consumeBoolean() ? Channel.UNRELIABLE : Channel.ordered(3);
      alice.raw(channel, data.consumeBytes(data.consumeInt(0, 40)));
      messages++;
    }
    List<TestConnection.Response> responses = alice.responses();
    if (responses.size() > messages || responses.size() != alice.sent().size()) {
      throw new AssertionError(messages + " messages, but sent " + alice.sent());
    }
    for (TestConnection.Response response : responses) {
      if (response.status() != STATUS_OK && response.status() != STATUS_BAD) {
        throw new AssertionError("a client's nonsense is not the server's error: " + response);
      }
    }
    node.metrics.close();
  }
}
