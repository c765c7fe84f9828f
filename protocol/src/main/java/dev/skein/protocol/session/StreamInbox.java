package dev.skein.protocol.session;

import dev.skein.protocol.Channel;

/**
 * Which messages one end of a stream session has received (PROTOCOL §9): a stream keeps order, so
 * the next id of each channel says it all, and tells a repetition after a resume. Confined to its
 * session.
 */
final class StreamInbox {
  /** What to do with a message. */
  enum Verdict {
    DELIVER,
    /** Received before, or older than the newest of its sequenced channel. */
    REPETITION,
    /** Skips an id, which no stream does. */
    MALFORMED
  }

  private long nextReliableId;
  private long[] nextOrderedIds = {};
  private long[] nextSequencedIds = {};
  private long received;

  /** How many reliable messages were received, each counted once. */
  long received() {
    return received;
  }

  Verdict judge(Channel.Kind kind, int channel, long id) {
    return switch (kind) {
      case UNRELIABLE -> Verdict.DELIVER;
      case SEQUENCED -> sequenced(channel, id);
      case RELIABLE -> {
        Verdict verdict = reliable(nextReliableId, id);
        if (verdict == Verdict.DELIVER) {
          nextReliableId++;
        }
        yield verdict;
      }
      case ORDERED -> {
        nextOrderedIds = StreamOutbox.atLeast(nextOrderedIds, channel);
        Verdict verdict = reliable(nextOrderedIds[channel], id);
        if (verdict == Verdict.DELIVER) {
          nextOrderedIds[channel]++;
        }
        yield verdict;
      }
    };
  }

  private Verdict sequenced(int channel, long id) {
    nextSequencedIds = StreamOutbox.atLeast(nextSequencedIds, channel);
    if (id < nextSequencedIds[channel]) {
      return Verdict.REPETITION;
    }
    nextSequencedIds[channel] = id + 1;
    return Verdict.DELIVER;
  }

  private Verdict reliable(long expected, long id) {
    if (id != expected) {
      return id < expected ? Verdict.REPETITION : Verdict.MALFORMED;
    }
    received++;
    return Verdict.DELIVER;
  }
}
