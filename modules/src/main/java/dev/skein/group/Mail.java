package dev.skein.group;

import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.protocol.record.RecordCodec;
import java.util.List;
import java.util.Optional;

/**
 * What branches and the ledger of a group write to each other. A branch writes to the ledger:
 * {@link Attach}, {@link Publish}, {@link Ack}, {@link Missing}, {@link Census}; nearly all else is
 * the ledger's. On the mesh it is a type byte and a record.
 */
sealed interface Mail {

  /** The group's number. */
  long group();

  /** What an {@link Attach} expects of the group. */
  enum Intent {
    /** It must be there. */
    JOIN,
    /** It is new, nobody can know it yet. */
    MAKE,
    /** It is made if it is not there: a static group, or one that this branch knows. */
    ENSURE
  }

  /**
   * A branch wants to belong: it has members, or somebody is about to come.
   *
   * @param promised the latest epoch the branch has heard of
   * @param opened the epoch it hears messages of; {@link Epoch#NONE} if it has no members
   * @param heard the last place it has delivered, or wants to hear from
   * @param members those it has, and those about to come
   */
  record Attach(
      long group,
      Intent intent,
      Optional<Charter> charter,
      Epoch promised,
      Epoch opened,
      Place heard,
      int members)
      implements Mail {}

  /** The branch belongs; with {@code jump} its order begins anew after {@code seq}. */
  record Attached(Charter charter, Epoch epoch, long seq, boolean jump) implements Mail {
    @Override
    public long group() {
      return charter.number();
    }
  }

  /** Not here. */
  record Rejected(long group, Why why) implements Mail {
    /** Why not. */
    enum Why {
      NOT_FOUND,
      NOT_HOME,
      TOO_MANY
    }
  }

  /** A new home asks every node what it has of the group; nothing older is heard any more. */
  record Roll(long group, Epoch epoch) implements Mail {}

  /**
   * The answer.
   *
   * @param epoch that was asked for
   * @param promised the latest one; later than asked if the asker comes too late
   * @param history the epochs the branch went through without a gap, and where each ended
   * @param unstable delivered entries that not everybody is known to have
   */
  record Census(
      long group,
      Epoch epoch,
      Epoch promised,
      Epoch opened,
      long last,
      int members,
      Optional<Charter> charter,
      List<Reign> history,
      List<Entry> unstable)
      implements Mail {

    /** An epoch that is over, and the place it ended at. */
    record Reign(Epoch epoch, long end) {}
  }

  /**
   * A new epoch begins.
   *
   * @param base the place before its first
   * @param missed what other branches had delivered before and this one had not
   * @param gap whether more than that is missing
   * @param incomplete whether somebody does not have everything that was said before
   */
  record Open(
      Charter charter, Epoch epoch, long base, List<Entry> missed, boolean gap, boolean incomplete)
      implements Mail {
    @Override
    public long group() {
      return charter.number();
    }
  }

  /**
   * Something to be said.
   *
   * @param channel how: as in {@link Loose} if it may be lost, {@link #RELIABLY} if it must not
   */
  record Publish(long group, Epoch epoch, long publication, int channel, Utterance said)
      implements Mail {}

  /** In its place in the order, once, to everybody. */
  int RELIABLY = -1;

  /** Perhaps. */
  int UNRELIABLY = -2;

  /** Something said, in its place. */
  record Ordered(long group, Epoch epoch, Entry entry, long stable) implements Mail {}

  /**
   * Something said that may be lost.
   *
   * @param channel {@link #UNRELIABLY}, or the number of a sequenced channel
   */
  record Loose(long group, int channel, Utterance said) implements Mail {}

  /** A branch has everything up to {@code seq}. */
  record Ack(long group, Epoch epoch, long seq, int members) implements Mail {}

  /** A branch waits for what comes after {@code seq}. */
  record Missing(long group, Epoch epoch, long seq) implements Mail {}

  /**
   * What became of publications.
   *
   * @param settled whether everybody has everything from before this epoch
   * @param complete every node with members has them
   * @param incomplete not every one has
   */
  record Confirmed(
      long group, Epoch epoch, boolean settled, List<Long> complete, List<Long> incomplete)
      implements Mail {}

  /** The group is no more. */
  @SuppressWarnings("ArrayRecordComponent")
  record Closed(long group, Epoch epoch, byte[] message) implements Mail {}

  /** The sender came in sight: branches it keeps the ledger of attach again. */
  record Again(long group) implements Mail {}

  /** A registered group shows itself to random joins, or hides. */
  record Shelve(long group, String type, String groupId, boolean shown) implements Mail {}

  /** The types in the order of their codes. */
  List<Class<? extends Record>> TYPES =
      List.of(
          Attach.class,
          Attached.class,
          Rejected.class,
          Roll.class,
          Census.class,
          Open.class,
          Publish.class,
          Ordered.class,
          Loose.class,
          Ack.class,
          Missing.class,
          Confirmed.class,
          Closed.class,
          Again.class,
          Shelve.class);

  /** The mail as bytes. */
  default byte[] encode() {
    byte[] body = RecordCodec.encodeRecord((Record) this);
    byte[] all = new byte[body.length + 1];
    all[0] = (byte) TYPES.indexOf(getClass());
    System.arraycopy(body, 0, all, 1, body.length);
    return all;
  }

  /** The mail in these bytes; empty if they are none. */
  static Optional<Mail> decode(byte[] bytes) {
    if (bytes.length < 1 || bytes[0] < 0 || bytes[0] >= TYPES.size()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          (Mail) RecordCodec.of(TYPES.get(bytes[0])).decode(bytes, 1, bytes.length - 1));
    } catch (MalformedRecordException malformed) {
      return Optional.empty();
    }
  }
}
