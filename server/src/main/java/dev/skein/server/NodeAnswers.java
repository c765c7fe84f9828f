package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeState;
import dev.skein.mesh.Topic;
import dev.skein.protocol.record.RecordCodec;
import dev.skein.server.cluster.NodeQuestion;
import dev.skein.server.cluster.NodeQuestion.Entrance;
import dev.skein.server.cluster.NodeQuestion.Flag;
import dev.skein.server.cluster.NodeQuestion.Status;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;

/**
 * What this node answers to {@link NodeQuestion}s of others, and of its own. Any thread may call,
 * nothing blocks.
 */
final class NodeAnswers implements Topic.Handler {
  private final Mesh mesh;
  private final Users users;
  private final LocalDirectory directory;
  private final Readiness readiness;
  private final String keyPrint;
  private final InstantSource clock;
  private final long startMillis;
  private volatile Optional<IntConsumer> drain = Optional.empty();

  NodeAnswers(
      Mesh mesh,
      Users users,
      LocalDirectory directory,
      Readiness readiness,
      String keyPrint,
      InstantSource clock) {
    this.mesh = mesh;
    this.users = users;
    this.directory = directory;
    this.readiness = readiness;
    this.keyPrint = keyPrint;
    this.clock = clock;
    this.startMillis = clock.millis();
  }

  /** What begins to drain the node within so many milliseconds, if any, and returns at once. */
  void onDrain(IntConsumer action) {
    drain = Optional.of(action);
  }

  /** Nodes send nothing unasked. */
  @Override
  public void onMessage(String sender, byte[] message) {
    throw new IllegalArgumentException("not a question");
  }

  @Override
  public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
    return switch (NodeQuestion.decode(question)) {
      case NodeQuestion.HowAreYou() -> now(status());
      case NodeQuestion.MayEnter(var print) -> now(entrance(print));
      case NodeQuestion.Drain(var deadlineMillis) -> {
        drain.ifPresent(action -> action.accept(deadlineMillis));
        yield now(new Flag(drain.isPresent()));
      }
      case NodeQuestion.Push push ->
          flag(directory.push(push.uid(), push.ver(), push.cmd(), push.payload(), push.channel()));
      case NodeQuestion.Disconnect(var uid, var code, var text) ->
          flag(directory.disconnect(uid, code, text));
      case NodeQuestion.End(var uid, var sid) -> flag(users.endSession(uid, sid));
      case NodeQuestion.Have(var uid, var sid) -> now(new Flag(users.hasSession(uid, sid)));
      case NodeQuestion.Move(var uid, var node) -> flag(directory.move(uid, node));
    };
  }

  Status status() {
    long nowMillis = clock.millis();
    return new Status(readiness.isReady(), nowMillis - startMillis, nowMillis, keyPrint);
  }

  private Entrance entrance(String print) {
    String reason;
    if (mesh.self().state() != NodeState.ONLINE) {
      reason = "it is " + mesh.self().state();
    } else if (!mesh.isReady()) {
      reason = "it has not joined, or is cut off";
    } else {
      reason = print.equals(keyPrint) ? "" : "it has another server.masterKey";
    }
    return new Entrance(reason.isEmpty(), clock.millis(), reason);
  }

  private static CompletionStage<byte[]> flag(CompletionStage<Boolean> answer) {
    return answer.thenApply(yes -> RecordCodec.encodeRecord(new Flag(yes)));
  }

  private static CompletionStage<byte[]> now(Record answer) {
    return CompletableFuture.completedFuture(RecordCodec.encodeRecord(answer));
  }
}
