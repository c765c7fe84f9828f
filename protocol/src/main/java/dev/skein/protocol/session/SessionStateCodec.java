package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.session.SessionState.Early;
import dev.skein.protocol.session.SessionState.Message;
import dev.skein.protocol.session.SessionState.Receiving;
import dev.skein.protocol.session.SessionState.Sending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A {@link SessionState} as bytes, for the way between two nodes; nodes of one version speak it, so
 * it is no part of the protocol. Reading distrusts the bytes: what it returns can be restored into
 * a session of that configuration. Any thread.
 */
public final class SessionStateCodec {
  private static final int VERSION = 1;
  private static final byte[] NO_BYTES = {};

  /** The most messages in either half: what the windows and queues can hold at most. */
  private static final int MESSAGES_MAX_COUNT = 1 << 21;

  private SessionStateCodec() {}

  /** The state as bytes. */
  public static byte[] encode(SessionState state) {
    PayloadWriter out = new PayloadWriter();
    out.u8(VERSION);
    Sending sending = state.sending();
    ids(out, sending.nextReliableIds());
    ids(out, sending.nextSequencedIds());
    out.varint(sending.nextFragmentedId()).varint(sending.confirmed());
    out.varint(sending.messages().size());
    for (Message each : sending.messages()) {
      channel(out, each.channel());
      out.varint(each.id()).bool(each.arrived()).varint(each.length());
      if (!each.arrived()) {
        out.raw(each.data(), each.offset(), each.length());
      }
    }
    Receiving receiving = state.receiving();
    ids(out, receiving.nextReliableIds());
    ids(out, receiving.nextSequencedIds());
    out.varint(receiving.received());
    out.varint(receiving.early().size());
    for (Early each : receiving.early()) {
      channel(out, each.channel());
      out.varint(each.id()).varint(each.parts().size()).i64(each.present());
      each.parts().forEach(out::blob);
    }
    return out.toBytes();
  }

  private static void ids(PayloadWriter out, long[] ids) {
    out.varint(ids.length);
    for (long id : ids) {
      out.varint(id);
    }
  }

  private static void channel(PayloadWriter out, Channel channel) {
    out.varint(SessionState.index(channel));
  }

  /**
   * The state these bytes stand for; empty if they are malformed or do not fit into a session of
   * this configuration.
   */
  public static Optional<SessionState> decode(byte[] bytes, SessionConfig config) {
    PayloadReader in = new PayloadReader(bytes);
    if (in.u8() != VERSION) {
      return Optional.empty();
    }
    Sending sending = sending(in, config);
    Receiving receiving = receiving(in, config);
    return in.finished() ? Optional.of(new SessionState(sending, receiving)) : Optional.empty();
  }

  private static Sending sending(PayloadReader in, SessionConfig config) {
    long[] nextReliableIds = ids(in, config.channels() + 1);
    long[] nextSequencedIds = ids(in, config.channels());
    long nextFragmentedId = in.varint();
    long confirmed = in.varint();
    int count = in.varint(MESSAGES_MAX_COUNT);
    List<Message> messages = new ArrayList<>();
    long[] least = new long[nextReliableIds.length];
    for (int i = 0; i < count && in.ok(); i++) {
      messages.add(message(in, config, least, nextReliableIds));
    }
    return new Sending(nextReliableIds, nextSequencedIds, nextFragmentedId, confirmed, messages);
  }

  private static Message message(
      PayloadReader in, SessionConfig config, long[] least, long[] nextIds) {
    Channel channel = channel(in, nextIds.length);
    long id = in.varint();
    boolean arrived = in.bool();
    byte[] data = arrived ? NO_BYTES : in.blob(config.maxMessageBytes());
    int length = arrived ? in.varint(config.maxMessageBytes()) : data.length;
    if (!in.ok() || !isAscending(channel, id, least, nextIds)) {
      in.reject();
      return new Message(channel, 0, NO_BYTES, 0, 0, false);
    }
    return new Message(channel, id, data, 0, length, arrived);
  }

  /** Ids of a channel go up and stay below the next one. */
  private static boolean isAscending(Channel channel, long id, long[] least, long[] nextIds) {
    int index = SessionState.index(channel);
    boolean ascending = id >= least[index] && id < nextIds[index];
    least[index] = id + 1;
    return ascending;
  }

  private static Receiving receiving(PayloadReader in, SessionConfig config) {
    long[] nextReliableIds = ids(in, config.channels() + 1);
    long[] nextSequencedIds = ids(in, config.channels());
    long received = in.varint();
    int count = in.varint(MESSAGES_MAX_COUNT);
    List<Early> early = new ArrayList<>();
    long[] least = nextReliableIds.clone();
    long heldBytes = 0;
    for (int i = 0; i < count && in.ok(); i++) {
      Early next = early(in, config, least, nextReliableIds);
      heldBytes += next.parts().stream().mapToLong(part -> part.length).sum();
      early.add(next);
    }
    if (heldBytes > config.receiveWindowBytes() + Outgoing.OVERHEAD_BYTES) {
      in.reject();
    }
    return new Receiving(nextReliableIds, nextSequencedIds, received, early);
  }

  private static Early early(PayloadReader in, SessionConfig config, long[] least, long[] nextIds) {
    Channel channel = channel(in, nextIds.length);
    int index = SessionState.index(channel);
    long id = in.varint();
    int count = in.varint(Frame.MAX_FRAGMENTS);
    long present = in.i64();
    boolean delivered = count == 0;
    boolean fits =
        in.ok()
            && id >= least[index]
            && id - nextIds[index] < SendChannel.WINDOW_MESSAGES
            && (delivered ? channel.kind() == Channel.Kind.RELIABLE && present == 0 : present != 0)
            && (count == Frame.MAX_FRAGMENTS || present >>> count == 0);
    if (!fits) {
      in.reject();
      return new Early(channel, 0, List.of(), 0);
    }
    least[index] = id + 1;
    List<byte[]> parts = new ArrayList<>();
    for (int i = 0; i < count && in.ok(); i++) {
      byte[] part = in.blob(config.maxMessageBytes());
      parts.add(part);
      if ((present & 1L << i) == 0 && part.length > 0) {
        in.reject();
      }
    }
    if (!Assembly.isSliced(parts, present, config.maxMessageBytes())) {
      in.reject();
    }
    return new Early(channel, id, parts, present);
  }

  private static long[] ids(PayloadReader in, int maxCount) {
    long[] ids = new long[in.varint(maxCount)];
    Arrays.setAll(ids, i -> in.varint());
    return ids;
  }

  private static Channel channel(PayloadReader in, int count) {
    int index = in.varint(Channel.MAX_ID + 1);
    if (index >= count) {
      in.reject();
      return Channel.RELIABLE;
    }
    return SessionState.channel(index);
  }
}
