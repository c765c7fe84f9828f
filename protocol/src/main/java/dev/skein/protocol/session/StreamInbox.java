package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import java.util.Arrays;
import java.util.List;

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

  /** What another session needs to go on receiving. */
  SessionState.Receiving carry() {
    long[] nextIds = new long[nextOrderedIds.length + 1];
    nextIds[0] = nextReliableId;
    System.arraycopy(nextOrderedIds, 0, nextIds, 1, nextOrderedIds.length);
    return new SessionState.Receiving(nextIds, nextSequencedIds.clone(), received, List.of());
  }

  /** Goes on where another session stood, before anything is received. */
  void restore(SessionState.Receiving state) {
    long[] nextIds = state.nextReliableIds();
    nextReliableId = nextIds.length == 0 ? 0 : nextIds[0];
    nextOrderedIds =
        nextIds.length <= 1 ? new long[0] : Arrays.copyOfRange(nextIds, 1, nextIds.length);
    nextSequencedIds = state.nextSequencedIds().clone();
    received = state.received();
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
