package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import java.util.List;

/**
 * What goes on of a session when it moves to another node (PROTOCOL §11): everything about
 * messages, nothing about keys, packets and streams. Both ends take it out of their session with
 * {@link Session#freeze} and put it into the next with {@link Session#restore}. The arrays are
 * shared, not copied; nobody changes them.
 *
 * @param sending what this end holds for its peer
 * @param receiving what this end has of its peer
 */
public record SessionState(Sending sending, Receiving receiving) {

  public SessionState {
    if (receiving.nextReliableIds().length > Channel.MAX_ID + 2
        || sending.nextReliableIds().length > Channel.MAX_ID + 2
        || receiving.nextSequencedIds().length > Channel.MAX_ID + 1
        || sending.nextSequencedIds().length > Channel.MAX_ID + 1) {
      throw new IllegalArgumentException("more channels than there can be");
    }
  }

  /**
   * The sending half. Unreliable messages that wait are not in it: they would be late.
   *
   * @param nextReliableIds by channel id plus one; reliable-unordered is at 0
   * @param nextSequencedIds by channel id
   * @param nextFragmentedId of unreliable messages that are cut
   * @param confirmed reliable messages the peer has counted (PROTOCOL §9.1); 0 over UDP
   * @param messages reliable ones that are not acknowledged, ascending in each channel
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Sending(
      long[] nextReliableIds,
      long[] nextSequencedIds,
      long nextFragmentedId,
      long confirmed,
      List<Message> messages) {}

  /**
   * A reliable message on its way.
   *
   * @param arrived true if it is acknowledged and only one before it is not: the peer may still
   *     hold it, so that it counts in the window, but its bytes are gone
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Message(
      Channel channel, long id, byte[] data, int offset, int length, boolean arrived) {}

  /**
   * The receiving half.
   *
   * @param nextReliableIds the oldest id not delivered, by channel id plus one; reliable-unordered
   *     is at 0
   * @param nextSequencedIds the first id that is not too old, by channel id
   * @param received reliable messages counted (PROTOCOL §9.1); 0 over UDP
   * @param early what came after one that is missing; empty over streams
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Receiving(
      long[] nextReliableIds, long[] nextSequencedIds, long received, List<Early> early) {}

  /**
   * A message beyond the oldest missing one.
   *
   * @param parts its fragments, an empty array for each that is missing; none if the message was
   *     delivered already, as reliable-unordered ones are
   * @param present one bit for each fragment that is there
   */
  public record Early(Channel channel, long id, List<byte[]> parts, long present) {
    /** True if nothing but the fact that it came is kept. */
    boolean isDelivered() {
      return parts.isEmpty();
    }
  }

  /** Where a reliable channel stands in arrays of ids. */
  static int index(Channel channel) {
    return channel.kind() == Channel.Kind.RELIABLE ? 0 : channel.id() + 1;
  }

  /** The reliable channel that stands there. */
  static Channel channel(int index) {
    return index == 0 ? Channel.RELIABLE : Channel.ordered(index - 1);
  }
}
