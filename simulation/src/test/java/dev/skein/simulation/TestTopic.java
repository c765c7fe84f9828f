package dev.skein.simulation;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.Topic;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/** A topic whose two ends are functions. */
record TestTopic(
    BiConsumer<String, byte[]> messages, BiFunction<String, byte[], CompletionStage<byte[]>> asks)
    implements Topic.Handler {

  static Topic open(
      Mesh mesh,
      String name,
      BiConsumer<String, byte[]> messages,
      BiFunction<String, byte[], CompletionStage<byte[]>> asks) {
    return mesh.topic(name, new TestTopic(messages, asks));
  }

  @Override
  public void onMessage(String sender, byte[] message) {
    messages.accept(sender, message);
  }

  @Override
  public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
    return asks.apply(sender, question);
  }
}
