package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.FrameWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Unreliable and sequenced messages that wait to be sent, oldest first. */
final class UnreliableQueue {
  private static final long[] NO_IDS = {};

  private final long ttlNanos;
  private final Counters counters;
  private @Nullable Outgoing oldest;
  private @Nullable Outgoing newest;
  private int weight;

  /** Made with the first conflated message; most sessions never have one. */
  private @Nullable Map<Long, Outgoing> byConflationKey;

  private long[] nextSequencedIds = NO_IDS;
  private long nextFragmentedId;

  UnreliableQueue(int ttlMillis, Counters counters) {
    ttlNanos = TimeUnit.MILLISECONDS.toNanos(ttlMillis);
    this.counters = counters;
  }

  /** Goes on with the ids of another session, before anything is sent. */
  void restore(long[] sequencedIds, long fragmentedId) {
    nextSequencedIds = sequencedIds.clone();
    nextFragmentedId = fragmentedId;
  }

  long[] nextSequencedIds() {
    return nextSequencedIds.clone();
  }

  long nextFragmentedId() {
    return nextFragmentedId;
  }

  boolean isEmpty() {
    return oldest == null;
  }

  /** Bytes held, with what each message counts beyond its own. */
  int weight() {
    return weight;
  }

  void add(Outgoing message) {
    if (newest == null) {
      oldest = message;
    } else {
      newest.next = message;
    }
    newest = message;
    weight += message.weight();
    if (message.conflationKey != 0) {
      if (byConflationKey == null) {
        byConflationKey = new HashMap<>();
      }
      byConflationKey.put(message.conflationKey, message);
    }
  }

  /** The message a newer one with this key would replace. */
  @Nullable Outgoing replaceable(long conflationKey) {
    if (byConflationKey == null) {
      return null;
    }
    Outgoing found = byConflationKey.get(conflationKey);
    return found != null && found.isUntouched() ? found : null;
  }

  /** Puts newer bytes into the place of a message {@link #replaceable} returned. */
  void replace(
      Outgoing queued, Channel channel, byte[] data, int offset, int length, long nowNanos) {
    weight -= queued.weight();
    queued.replace(channel, data, offset, length, nowNanos);
    weight += queued.weight();
    counters.messagesConflated++;
  }

  void dropOldest() {
    counters.messagesDropped += removeOldest();
  }

  /** Drops what waited longer than the ttl. */
  void expire(long nowNanos) {
    while (oldest != null && nowNanos - oldest.queuedNanos() > ttlNanos) {
      counters.messagesExpired += removeOldest();
    }
  }

  /**
   * Writes the next message, or the next fragment of one.
   *
   * @return false if it does not fit or there is none
   */
  boolean writeNext(FrameWriter writer, long nowNanos) {
    expire(nowNanos);
    Outgoing message = oldest;
    if (message == null) {
      return false;
    }
    if (message.isUntouched()) {
      message.id = peekId(message);
    }
    if (!message.write(writer, message.nextFragment)) {
      return false;
    }
    if (message.isUntouched()) {
      takeId(message);
    }
    message.nextFragment++;
    if (message.isWholeSent()) {
      counters.messagesSent += removeOldest();
    }
    return true;
  }

  private long peekId(Outgoing message) {
    Channel channel = message.channel();
    if (channel.kind() != Channel.Kind.SEQUENCED) {
      return nextFragmentedId;
    }
    return channel.id() < nextSequencedIds.length ? nextSequencedIds[channel.id()] : 0;
  }

  private void takeId(Outgoing message) {
    Channel channel = message.channel();
    if (channel.kind() == Channel.Kind.SEQUENCED) {
      if (channel.id() >= nextSequencedIds.length) {
        nextSequencedIds = Arrays.copyOf(nextSequencedIds, channel.id() + 1);
      }
      nextSequencedIds[channel.id()]++;
    } else if (message.isFragmented()) {
      nextFragmentedId++;
    }
  }

  /** Returns how many messages that were. */
  private int removeOldest() {
    Outgoing message = oldest;
    if (message == null) {
      return 0;
    }
    oldest = message.next;
    if (oldest == null) {
      newest = null;
    }
    weight -= message.weight();
    if (message.conflationKey != 0 && byConflationKey != null) {
      byConflationKey.remove(message.conflationKey, message);
      if (byConflationKey.isEmpty()) {
        byConflationKey = null;
      }
    }
    return message.messages();
  }

  void clear() {
    oldest = null;
    newest = null;
    weight = 0;
    byConflationKey = null;
  }
}
