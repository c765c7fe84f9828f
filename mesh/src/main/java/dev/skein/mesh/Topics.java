package dev.skein.mesh;

import dev.skein.mesh.Frame.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.zip.CRC32;

/** The channels of bytes between modules. Thread-safe; handlers run on the engine's thread. */
final class Topics {
  private final Link link;
  private final FanOut fanOut;
  private final Requests requests;
  private final MeshCounters counters;
  private final IntConsumer sizeCheck;
  private final RareLog log;
  private final Map<Long, Opened> byNumber = new ConcurrentHashMap<>();
  private volatile boolean frozen;

  private record Opened(String name, Topic.Handler handler) {}

  /**
   * @param sizeCheck throws if a payload of so many bytes is too long
   */
  Topics(
      Link link,
      FanOut fanOut,
      Requests requests,
      MeshCounters counters,
      IntConsumer sizeCheck,
      RareLog log) {
    this.link = link;
    this.fanOut = fanOut;
    this.requests = requests;
    this.counters = counters;
    this.sizeCheck = sizeCheck;
    this.log = log;
  }

  Topic open(String name, Topic.Handler handler) {
    if (frozen) {
      throw new IllegalStateException("topic " + name + " is opened after start");
    }
    long number = number(name);
    Opened other = byNumber.putIfAbsent(number, new Opened(name, handler));
    if (other != null) {
      throw new IllegalStateException(
          other.name().equals(name)
              ? "topic " + name + " is open already"
              : "topic " + name + " has the same number as " + other.name() + "; rename it");
    }
    return new OpenTopic(number);
  }

  void freeze() {
    frozen = true;
  }

  void onMessage(String sender, Frame.Message message) {
    Opened topic = byNumber.get(message.topic());
    if (topic == null) {
      counters.dropped.increment();
      return;
    }
    try {
      topic.handler().onMessage(sender, message.body());
    } catch (RuntimeException e) {
      counters.handlersFailed.increment();
      log.warn("Topic {} failed at a message of {}", topic.name(), sender, e);
    }
  }

  void onQuestion(String sender, Frame.Question question) {
    Opened topic = byNumber.get(question.topic());
    if (topic == null) {
      counters.dropped.increment();
      byte[] why = "no such topic there".getBytes(StandardCharsets.UTF_8);
      link.send(sender, new Frame.Answer(question.number(), Verdict.UNREACHABLE, why));
      return;
    }
    try {
      topic
          .handler()
          .onAsk(sender, question.body())
          .whenComplete((answer, failure) -> {
            if (failure == null) {
              link.send(sender, new Frame.Answer(question.number(), Verdict.OK, answer));
            } else {
              answerFailure(sender, question, topic, failure);
            }
          });
    } catch (RuntimeException e) {
      answerFailure(sender, question, topic, e);
    }
  }

  private void answerFailure(
      String sender, Frame.Question question, Opened topic, Throwable failure) {
    counters.handlersFailed.increment();
    log.warn("Topic {} failed at a question of {}", topic.name(), sender, failure);
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    link.send(
        sender,
        new Frame.Answer(question.number(), Verdict.HANDLER_FAILED, Commands.reason(cause)));
  }

  /** MESH §3.4: the CRC-32 of the name, so that no name is sent with every message. */
  private static long number(String name) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  private final class OpenTopic implements Topic {
    private final long number;

    OpenTopic(long number) {
      this.number = number;
    }

    @Override
    public boolean send(String address, byte[] message) {
      return link.sendGathered(address, frame(message));
    }

    @Override
    public boolean sendAtOnce(String address, byte[] message) {
      return link.send(address, frame(message), true);
    }

    @Override
    public int send(Collection<String> addresses, byte[] message) {
      return fanOut.send(addresses, frame(message), true).size();
    }

    @Override
    public CompletionStage<byte[]> ask(String address, byte[] question) {
      sizeCheck.accept(question.length);
      return requests.ask(address, asked -> new Frame.Question(asked, number, question));
    }

    private byte[] frame(byte[] message) {
      sizeCheck.accept(message.length);
      return new Frame.Message(number, message).encode();
    }
  }
}
