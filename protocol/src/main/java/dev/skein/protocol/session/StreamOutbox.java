package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one end of a stream session holds for the other: messages not yet sent, and reliable ones
 * not yet confirmed (PROTOCOL §9), together at most {@code sendQueueMaxBytes}. Reliable messages
 * leave in the order they were queued, so that a count is enough to confirm them. Confined to its
 * session.
 */
final class StreamOutbox {
  private final SessionConfig config;
  private final Counters counters;
  private final long unreliableTtlNanos;

  /** Reliable, sent on this stream, oldest first; the first is the {@code confirmed}th. */
  private final ArrayDeque<StreamMessage> unconfirmed = new ArrayDeque<>(2);

  /** Reliable, sent on an earlier stream and not confirmed: they follow {@code unconfirmed}. */
  private final ArrayDeque<StreamMessage> repeats = new ArrayDeque<>(2);

  private final ArrayDeque<StreamMessage> reliable = new ArrayDeque<>(4);
  private final ArrayDeque<StreamMessage> unreliable = new ArrayDeque<>(4);
  private @Nullable Map<Long, StreamMessage> conflatable;

  private long confirmed;
  private long nextOrder;
  private long nextReliableId;
  private long[] nextOrderedIds = {};
  private long[] nextSequencedIds = {};
  private int heldBytes;
  private int sentBytes;

  StreamOutbox(SessionConfig config, Counters counters) {
    this.config = config;
    this.counters = counters;
    this.unreliableTtlNanos = TimeUnit.MILLISECONDS.toNanos(config.unreliableTtlMillis());
  }

  /** What another session needs to go on sending; unreliable messages are left out. */
  SessionState.Sending carry() {
    List<SessionState.Message> messages = new ArrayList<>();
    for (var queue : List.of(unconfirmed, repeats, reliable)) {
      for (StreamMessage each : queue) {
        messages.add(
            new SessionState.Message(
                each.channel, each.id, each.data(), each.offset(), each.length(), false));
      }
    }
    long[] nextIds = new long[nextOrderedIds.length + 1];
    nextIds[0] = nextReliableId;
    System.arraycopy(nextOrderedIds, 0, nextIds, 1, nextOrderedIds.length);
    return new SessionState.Sending(nextIds, nextSequencedIds.clone(), 0, confirmed, messages);
  }

  /** Goes on where another session stood, before anything is queued: all it held goes out anew. */
  void restore(SessionState.Sending state, long nowNanos) {
    long[] nextIds = state.nextReliableIds();
    nextReliableId = nextIds.length == 0 ? 0 : nextIds[0];
    nextOrderedIds =
        nextIds.length <= 1 ? new long[0] : Arrays.copyOfRange(nextIds, 1, nextIds.length);
    nextSequencedIds = state.nextSequencedIds().clone();
    confirmed = state.confirmed();
    for (SessionState.Message each : state.messages()) {
      StreamMessage message =
          new StreamMessage(
              each.channel(), 0, nextOrder++, each.data(), each.offset(), each.length(), nowNanos);
      message.id = each.id();
      heldBytes += message.weight();
      repeats.add(message);
    }
  }

  int heldBytes() {
    return heldBytes;
  }

  /** Bytes that wait to be written; the rest waits for confirmation. */
  int unsentBytes() {
    return heldBytes - sentBytes;
  }

  /** True if nothing waits to be written; messages may still wait for confirmation. */
  boolean isSent() {
    return repeats.isEmpty() && reliable.isEmpty() && unreliable.isEmpty();
  }

  /**
   * Queues a message.
   *
   * @return CLOSED if the policy for a full queue is to disconnect, else ACCEPTED or DROPPED
   */
  Session.SendResult add(
      Channel channel, long conflationKey, byte[] data, int offset, int length, long nowNanos) {
    boolean conflates = conflationKey != 0 && !channel.kind().reliable();
    if (conflates && conflate(channel, conflationKey, data, offset, length, nowNanos)) {
      return Session.SendResult.ACCEPTED;
    }
    int weight = StreamMessage.weight(length);
    if (weight > config.sendQueueMaxBytes() - heldBytes) {
      dropExpired(nowNanos);
      Session.SendResult result = makeRoom(weight, overflow(channel));
      if (result != Session.SendResult.ACCEPTED) {
        return result;
      }
    }
    StreamMessage message =
        new StreamMessage(channel, conflationKey, nextOrder++, data, offset, length, nowNanos);
    heldBytes += weight;
    if (message.reliable()) {
      message.id = nextReliableId(channel);
      reliable.add(message);
    } else {
      unreliable.add(message);
      if (conflates) {
        conflatable().put(conflationKey, message);
      }
    }
    return Session.SendResult.ACCEPTED;
  }

  /** Queues unreliable messages that travel together. */
  Session.SendResult add(FrameBatch batch, long nowNanos) {
    int weight = StreamMessage.weight(batch.length());
    if (weight > config.sendQueueMaxBytes() - heldBytes) {
      dropExpired(nowNanos);
      Session.SendResult result = makeRoom(weight, config.unreliableOverflow());
      if (result != Session.SendResult.ACCEPTED) {
        counters.messagesDropped += batch.count() - 1;
        return result;
      }
    }
    heldBytes += weight;
    unreliable.add(new StreamMessage(batch, nextOrder++, nowNanos));
    return Session.SendResult.ACCEPTED;
  }

  private SessionConfig.Overflow overflow(Channel channel) {
    return channel.kind().reliable() ? config.reliableOverflow() : config.unreliableOverflow();
  }

  private boolean conflate(
      Channel channel, long conflationKey, byte[] data, int offset, int length, long nowNanos) {
    StreamMessage older = conflatable().get(conflationKey);
    if (older == null || !older.channel.equals(channel)) {
      return false;
    }
    int growth = length - older.length();
    if (growth > config.sendQueueMaxBytes() - heldBytes) {
      // Too large for the place of the older one: that goes, and this queues like any other.
      unreliable.remove(older);
      forget(older);
      return false;
    }
    older.replace(data, offset, length, nowNanos);
    heldBytes += growth;
    return true;
  }

  private Session.SendResult makeRoom(int weight, SessionConfig.Overflow policy) {
    return switch (policy) {
      case DROP_OLDEST -> {
        while (weight > config.sendQueueMaxBytes() - heldBytes && !unreliable.isEmpty()) {
          StreamMessage oldest = unreliable.remove();
          forget(oldest);
          counters.messagesDropped += oldest.messages();
        }
        yield weight > config.sendQueueMaxBytes() - heldBytes
            ? refused()
            : Session.SendResult.ACCEPTED;
      }
      case DROP_NEWEST ->
          weight > config.sendQueueMaxBytes() - heldBytes ? refused() : Session.SendResult.ACCEPTED;
      case DISCONNECT ->
          weight > config.sendQueueMaxBytes() - heldBytes
              ? Session.SendResult.CLOSED
              : Session.SendResult.ACCEPTED;
    };
  }

  private Session.SendResult refused() {
    counters.messagesDropped++;
    return Session.SendResult.DROPPED;
  }

  /** The message to write next, leaving out what has waited too long; null if there is none. */
  @Nullable StreamMessage peek(long nowNanos) {
    if (!repeats.isEmpty()) {
      return repeats.peek();
    }
    dropExpired(nowNanos);
    StreamMessage dependable = reliable.peek();
    StreamMessage other = unreliable.peek();
    if (dependable == null || other == null) {
      return dependable == null ? other : dependable;
    }
    return dependable.order < other.order ? dependable : other;
  }

  private void dropExpired(long nowNanos) {
    for (StreamMessage oldest = unreliable.peek();
        oldest != null && nowNanos - oldest.queuedNanos() > unreliableTtlNanos;
        oldest = unreliable.peek()) {
      forget(unreliable.remove());
      counters.messagesExpired += oldest.messages();
    }
  }

  /** Takes the message {@link #peek} showed; its frame is about to be written with its id. */
  void take(StreamMessage message) {
    if (message.reliable()) {
      boolean repeated = message == repeats.peek();
      unconfirmed.add(repeated ? repeats.remove() : reliable.remove());
      sentBytes += message.weight();
      counters.framesRetransmitted += repeated ? 1 : 0;
    } else {
      forget(unreliable.remove());
      if (message.channel.kind() == Channel.Kind.SEQUENCED) {
        nextSequencedIds = atLeast(nextSequencedIds, message.channel.id());
        message.id = nextSequencedIds[message.channel.id()]++;
      }
    }
  }

  /**
   * The peer has received so many reliable messages in all.
   *
   * @return false if that is fewer than before or more than were ever sent
   */
  boolean confirm(long count) {
    long fresh = count - confirmed;
    if (fresh < 0 || fresh > unconfirmed.size() + repeats.size()) {
      return false;
    }
    confirmed = count;
    for (; fresh > 0; fresh--) {
      boolean sent = !unconfirmed.isEmpty();
      StreamMessage known = sent ? unconfirmed.remove() : repeats.remove();
      heldBytes -= known.weight();
      sentBytes -= sent ? known.weight() : 0;
    }
    return true;
  }

  /** True if a peer that resumes can have received so many. */
  boolean canResume(long count) {
    long fresh = count - confirmed;
    return fresh >= 0 && fresh <= unconfirmed.size() + repeats.size();
  }

  /** Goes on with another stream: what the peer has not counted is written again, in order. */
  boolean resume(long count) {
    if (!confirm(count)) {
      return false;
    }
    while (!unconfirmed.isEmpty()) {
      repeats.addFirst(unconfirmed.removeLast());
    }
    sentBytes = 0;
    return true;
  }

  void clear() {
    unconfirmed.clear();
    repeats.clear();
    reliable.clear();
    unreliable.clear();
    conflatable = null;
    heldBytes = 0;
    sentBytes = 0;
  }

  private void forget(StreamMessage message) {
    heldBytes -= message.weight();
    if (message.conflationKey != 0 && conflatable != null) {
      conflatable.remove(message.conflationKey, message);
    }
  }

  private Map<Long, StreamMessage> conflatable() {
    Map<Long, StreamMessage> map = conflatable;
    if (map == null) {
      map = new HashMap<>();
      conflatable = map;
    }
    return map;
  }

  private long nextReliableId(Channel channel) {
    if (channel.kind() == Channel.Kind.RELIABLE) {
      return nextReliableId++;
    }
    nextOrderedIds = atLeast(nextOrderedIds, channel.id());
    return nextOrderedIds[channel.id()]++;
  }

  static long[] atLeast(long[] counters, int channel) {
    return channel < counters.length ? counters : Arrays.copyOf(counters, channel + 1);
  }
}
