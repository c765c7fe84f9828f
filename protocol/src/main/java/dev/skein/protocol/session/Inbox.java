package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.packet.FrameReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns MESSAGE frames into messages: order, once-only, reassembly (PROTOCOL §8). What it holds is
 * bounded by {@code receiveWindowBytes} for reliable and a quarter of it for unreliable messages.
 */
final class Inbox {
  private static final @Nullable ReceiveChannel[] NO_CHANNELS = {};
  private static final long[] NO_IDS = {};

  private final SessionConfig config;
  private final Counters counters;
  private final Delivery delivery;
  private final UnreliableAssemblies assemblies;

  /** By channel id plus one; reliable-unordered is at 0. */
  private @Nullable ReceiveChannel[] channels = NO_CHANNELS;

  /** By channel: the first id that is not too old. */
  private long[] nextSequencedIds = NO_IDS;

  private int heldBytes;

  Inbox(SessionConfig config, Counters counters, Delivery delivery) {
    this.config = config;
    this.counters = counters;
    this.delivery = delivery;
    this.assemblies = new UnreliableAssemblies(config.receiveWindowBytes() / 4, counters);
  }

  /** Bytes of messages held until they can be delivered. */
  int heldBytes() {
    return heldBytes + assemblies.bytes();
  }

  /** What another session needs to go on receiving; unreliable parts are left out. */
  SessionState.Receiving carry() {
    long[] nextIds = new long[channels.length];
    List<SessionState.Early> early = new ArrayList<>();
    for (int i = 0; i < channels.length; i++) {
      ReceiveChannel channel = channels[i];
      if (channel != null) {
        nextIds[i] = channel.nextId();
        channel.carry(early);
      }
    }
    return new SessionState.Receiving(nextIds, nextSequencedIds.clone(), 0, early);
  }

  /** Goes on where another session stood, before anything is received. */
  void restore(SessionState.Receiving state) {
    nextSequencedIds = state.nextSequencedIds().clone();
    for (int i = 0; i < state.nextReliableIds().length; i++) {
      channel(SessionState.channel(i), i).restore(state.nextReliableIds()[i]);
    }
    for (SessionState.Early each : state.early()) {
      ReceiveChannel channel = channel(each.channel(), SessionState.index(each.channel()));
      Assembly assembly = each.isDelivered() ? null : new Assembly(each);
      channel.restore(each.id(), assembly);
      heldBytes += assembly == null ? 0 : assembly.weight();
    }
  }

  /**
   * Takes the MESSAGE the reader stands on.
   *
   * @return {@link Code#NONE}, or why the session has to be closed
   */
  int accept(FrameReader frame) {
    return switch (frame.kind()) {
      case UNRELIABLE -> unreliable(frame);
      case SEQUENCED -> sequenced(frame);
      case RELIABLE -> reliable(frame, 0);
      case ORDERED -> reliable(frame, frame.channel() + 1);
    };
  }

  private int unreliable(FrameReader frame) {
    if (frame.isFragment()) {
      return unreliableFragment(frame);
    }
    delivery.deliver(Channel.UNRELIABLE, frame.buffer(), frame.dataOffset(), frame.dataLength());
    return Code.NONE;
  }

  private int sequenced(FrameReader frame) {
    int channel = frame.channel();
    if (channel < nextSequencedIds.length && frame.id() < nextSequencedIds[channel]) {
      counters.messagesStale++;
      return Code.NONE;
    }
    if (frame.isFragment()) {
      return unreliableFragment(frame);
    }
    delivered(channel, frame.id());
    delivery.deliver(
        Channel.sequenced(channel), frame.buffer(), frame.dataOffset(), frame.dataLength());
    return Code.NONE;
  }

  private void delivered(int channel, long id) {
    if (channel >= nextSequencedIds.length) {
      nextSequencedIds = Arrays.copyOf(nextSequencedIds, channel + 1);
    }
    nextSequencedIds[channel] = id + 1;
  }

  private int unreliableFragment(FrameReader frame) {
    Assembly assembly = assemblies.find(frame);
    if (assembly == null) {
      assembly = assemblies.start(frame);
    } else if (assembly.has(frame.fragmentIndex()) || !assembly.agrees(frame)) {
      return Code.MALFORMED;
    }
    assemblies.add(assembly, frame);
    if (assembly.bytes() > config.maxMessageBytes()) {
      return Code.TOO_LARGE;
    }
    if (assembly.isComplete()) {
      assemblies.remove(assembly);
      Channel channel = Channel.of(assembly.kind.ordinal(), assembly.channel);
      if (assembly.kind == Channel.Kind.SEQUENCED) {
        delivered(assembly.channel, assembly.id);
      }
      byte[] whole = assembly.join();
      delivery.deliver(channel, whole, 0, whole.length);
    }
    return Code.NONE;
  }

  private int reliable(FrameReader frame, int index) {
    ReceiveChannel channel = channel(frame, index);
    if (channel.isOld(frame.id())) {
      return Code.NONE;
    }
    if (!channel.isWithinWindow(frame.id())) {
      return Code.TOO_LARGE;
    }
    if (!frame.isFragment() && channel.takeWhole(frame.id())) {
      boolean open =
          delivery.deliver(
              channel.channel(), frame.buffer(), frame.dataOffset(), frame.dataLength());
      return open ? drain(channel) : Code.NONE;
    }
    return hold(frame, channel);
  }

  private int hold(FrameReader frame, ReceiveChannel channel) {
    Assembly assembly = channel.held(frame.id());
    if (assembly == null) {
      assembly = new Assembly(frame);
      channel.hold(assembly);
      heldBytes += assembly.weight();
    } else if (!assembly.agrees(frame)) {
      return Code.MALFORMED;
    }
    if (assembly.has(frame.fragmentIndex())) {
      return Code.NONE;
    }
    assembly.add(frame);
    heldBytes += frame.dataLength();
    if (heldBytes > config.receiveWindowBytes() + Outgoing.OVERHEAD_BYTES
        || assembly.bytes() > config.maxMessageBytes()) {
      return Code.TOO_LARGE;
    }
    return assembly.isComplete() ? release(channel, assembly) : Code.NONE;
  }

  private int release(ReceiveChannel channel, Assembly assembly) {
    if (channel.isOrdered()) {
      return drain(channel);
    }
    channel.takeComplete(assembly);
    heldBytes -= assembly.weight();
    byte[] whole = assembly.join();
    delivery.deliver(channel.channel(), whole, 0, whole.length);
    return Code.NONE;
  }

  /** Delivers what was held behind the message just delivered. */
  private int drain(ReceiveChannel channel) {
    Assembly ready = channel.pollReady();
    while (ready != null) {
      heldBytes -= ready.weight();
      byte[] whole = ready.join();
      if (!delivery.deliver(channel.channel(), whole, 0, whole.length)) {
        return Code.NONE;
      }
      ready = channel.pollReady();
    }
    return Code.NONE;
  }

  private ReceiveChannel channel(FrameReader frame, int index) {
    ReceiveChannel found = index < channels.length ? channels[index] : null;
    return found != null
        ? found
        : channel(Channel.of(frame.kind().ordinal(), frame.channel()), index);
  }

  private ReceiveChannel channel(Channel of, int index) {
    if (index >= channels.length) {
      channels = Arrays.copyOf(channels, index + 1);
    }
    ReceiveChannel found = channels[index];
    if (found == null) {
      found = new ReceiveChannel(of);
      channels[index] = found;
    }
    return found;
  }

  /** The session is closed: lets go of everything. */
  void clear() {
    channels = NO_CHANNELS;
    assemblies.clear();
    heldBytes = 0;
  }
}
