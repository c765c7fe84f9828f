package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.FrameWriter;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionConfig.Overflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All messages a session holds for its peer, and the order in which they fill datagrams: what was
 * lost first, then every channel in turn, so that none waits for another, then repeats.
 */
final class SendQueue {
  /** What {@link #write} sends once more with the next datagram (PROTOCOL §8.2). */
  enum Repeat {
    NOTHING,
    /** What was lost once: it must not be lost again. */
    RESENDS,
    /** New messages as well, within the {@link RepeatBudget}. */
    EVERYTHING
  }

  /** Unsent bytes that fill a datagram, so that waiting for more gains nothing. */
  static final int FULL_BYTES = Outgoing.FRAGMENT_MAX_BYTES;

  /** Frames remembered for a repeat in spare room. */
  private static final int REPEATS_MAX_FRAMES = 16;

  private static final SendChannel[] NO_CHANNELS = {};

  private final Role role;
  private final SessionConfig config;
  private final Counters counters;
  private final UnreliableQueue unreliable;

  /** By channel id plus one; reliable-unordered is at 0. */
  private @Nullable SendChannel[] channels = NO_CHANNELS;

  /** Channels with something unsent, served in turn. */
  private SendChannel[] active = NO_CHANNELS;

  private int activeCount;
  private int turn;

  private @Nullable Outgoing resendHead;
  private @Nullable Outgoing resendTail;
  private @Nullable SentFrame repeats;
  private int repeatCount;
  private final RepeatBudget repeatBudget = new RepeatBudget();

  private int reliableBytes;
  private int windowBytes;
  private int unsentBytes;
  private long windowEndNanos;
  private long lastOfferNanos = Long.MIN_VALUE / 2;
  private boolean stalled;
  private @Nullable SentFrame written;

  SendQueue(Role role, SessionConfig config, Counters counters) {
    this.role = role;
    this.config = config;
    this.counters = counters;
    this.unreliable = new UnreliableQueue(config.unreliableTtlMillis(), counters);
  }

  /** What another session needs to go on sending; unreliable messages are left out. */
  SessionState.Sending carry() {
    long[] nextIds = new long[channels.length];
    List<SessionState.Message> messages = new ArrayList<>();
    for (int i = 0; i < channels.length; i++) {
      SendChannel channel = channels[i];
      if (channel != null) {
        nextIds[i] = channel.carry(messages);
      }
    }
    return new SessionState.Sending(
        nextIds, unreliable.nextSequencedIds(), unreliable.nextFragmentedId(), 0, messages);
  }

  /** Goes on where another session stood, before anything is queued: all it held goes out anew. */
  void restore(SessionState.Sending state, long nowNanos) {
    unreliable.restore(state.nextSequencedIds(), state.nextFragmentedId());
    for (SessionState.Message each : state.messages()) {
      Outgoing message =
          new Outgoing(each.channel(), each.data(), each.offset(), each.length(), nowNanos);
      SendChannel channel = channel(each.channel());
      channel.skipTo(each.id());
      if (each.arrived()) {
        message.markArrived();
        channel.add(message);
        windowBytes += message.weight();
      } else {
        addReliable(message);
      }
    }
    for (int i = 0; i < state.nextReliableIds().length; i++) {
      channel(SessionState.channel(i)).skipTo(state.nextReliableIds()[i]);
    }
    windowEndNanos = nowNanos;
  }

  /** Bytes of messages held, with what each counts beyond its own. */
  int bytes() {
    return reliableBytes + unreliable.weight();
  }

  /** True if something was lost and has to go out again at once. */
  boolean hasResends() {
    while (resendHead != null && resendHead.firstLost() < 0) {
      popResend();
    }
    return resendHead != null;
  }

  /** True if new messages wait and the peer's window has room for one of them. */
  boolean hasSendable() {
    return !stalled && (activeCount > 0 || !unreliable.isEmpty());
  }

  /** When anything wants to leave; {@link Long#MAX_VALUE} for never. */
  long dueNanos(long nowNanos) {
    if (hasResends()) {
      return nowNanos;
    }
    return hasSendable() ? readyNanos(nowNanos) : Long.MAX_VALUE;
  }

  /** When new messages want to leave; meaningful while {@link #hasSendable}. */
  long readyNanos(long nowNanos) {
    return unsentBytes + unreliable.weight() >= FULL_BYTES ? nowNanos : windowEndNanos;
  }

  /**
   * Takes a message, or drops one by the policy of its kind. {@code CLOSED} says that the policy
   * wants the session closed.
   */
  SendResult offer(
      Channel channel, long conflationKey, byte[] data, int offset, int length, long nowNanos) {
    boolean reliable = channel.kind().reliable();
    unreliable.expire(nowNanos);
    if (!reliable && conflationKey != 0) {
      Outgoing queued = unreliable.replaceable(conflationKey);
      if (queued != null) {
        unreliable.replace(queued, channel, data, offset, length, nowNanos);
        return SendResult.ACCEPTED;
      }
    }
    if (bytes() + length + Outgoing.OVERHEAD_BYTES > config.sendQueueMaxBytes()) {
      SendResult result =
          overflow(
              reliable, length, reliable ? config.reliableOverflow() : config.unreliableOverflow());
      if (result != SendResult.ACCEPTED) {
        return result;
      }
    }
    if (!hasSendable()) {
      // A lone command or event leaves at once, and all that a client says after a pause: it is
      // one player's input. A steady flow, and state a server sends again soon anyway, collects for
      // a window.
      boolean mayHurry = reliable || role == Role.CLIENT;
      boolean afterPause = mayHurry && nowNanos - lastOfferNanos >= config.packWindowNanos();
      windowEndNanos = afterPause ? nowNanos : nowNanos + config.packWindowNanos();
    }
    lastOfferNanos = nowNanos;
    stalled = false;
    Outgoing message = new Outgoing(channel, data, offset, length, nowNanos);
    if (reliable) {
      addReliable(message);
    } else {
      message.conflationKey = conflationKey;
      unreliable.add(message);
    }
    return SendResult.ACCEPTED;
  }

  /** Takes messages that have waited for company already, so that they leave at once. */
  SendResult offer(FrameBatch batch, long nowNanos) {
    unreliable.expire(nowNanos);
    if (bytes() + batch.length() + Outgoing.OVERHEAD_BYTES > config.sendQueueMaxBytes()) {
      SendResult result = overflow(false, batch.length(), config.unreliableOverflow());
      if (result != SendResult.ACCEPTED) {
        counters.messagesDropped += batch.count() - 1;
        return result;
      }
    }
    windowEndNanos = nowNanos;
    lastOfferNanos = nowNanos;
    stalled = false;
    unreliable.add(new Outgoing(batch, nowNanos));
    return SendResult.ACCEPTED;
  }

  private SendResult overflow(boolean reliable, int length, Overflow policy) {
    if (policy == Overflow.DISCONNECT) {
      return SendResult.CLOSED;
    }
    if (policy == Overflow.DROP_OLDEST) {
      int room = config.sendQueueMaxBytes() - length - Outgoing.OVERHEAD_BYTES;
      while (bytes() > room && !unreliable.isEmpty()) {
        unreliable.dropOldest();
      }
      if (bytes() <= room) {
        return SendResult.ACCEPTED;
      }
    }
    counters.messagesDropped++;
    return SendResult.DROPPED;
  }

  private void addReliable(Outgoing message) {
    SendChannel channel = channel(message.channel());
    boolean wasIdle = channel.unsent() == null;
    channel.add(message);
    reliableBytes += message.weight();
    unsentBytes += message.weight();
    if (wasIdle) {
      if (activeCount == active.length) {
        active = Arrays.copyOf(active, activeCount + 2);
      }
      active[activeCount++] = channel;
    }
  }

  private SendChannel channel(Channel channel) {
    int index = index(channel);
    if (index >= channels.length) {
      channels = Arrays.copyOf(channels, index + 1);
    }
    SendChannel found = channels[index];
    if (found == null) {
      found = new SendChannel();
      channels[index] = found;
    }
    return found;
  }

  private static int index(Channel channel) {
    return channel.kind() == Channel.Kind.RELIABLE ? 0 : channel.id() + 1;
  }

  /**
   * Fills the writer.
   *
   * @param repeat what to send once more with the next datagram, in room that would stay empty
   * @return the reliable frames written, null if none
   */
  @Nullable SentFrame write(FrameWriter writer, Repeat repeat, long nowNanos) {
    written = null;
    SentFrame repeatable = repeats;
    repeats = null;
    int start = writer.position();
    writeResends(writer, repeat);
    writeNew(writer, repeat, nowNanos);
    if (writer.position() > start) {
      repeatCount -= writeRepeats(writer, repeatable);
    } else {
      repeats = repeatable;
    }
    SentFrame frames = written;
    written = null;
    return frames;
  }

  private void writeResends(FrameWriter writer, Repeat repeat) {
    while (hasResends()) {
      Outgoing message = resendHead;
      if (message == null) {
        return;
      }
      int fragment = message.firstLost();
      if (!message.write(writer, fragment)) {
        return;
      }
      message.markResent(fragment);
      counters.framesRetransmitted++;
      sent(message, fragment);
      repeatBudget.owe(message.fragmentBytes(fragment));
      if (repeat != Repeat.NOTHING && repeatLater(message, fragment)) {
        repeatBudget.owe(message.fragmentBytes(fragment));
      }
    }
  }

  private boolean repeatLater(Outgoing message, int fragment) {
    if (repeatCount == REPEATS_MAX_FRAMES) {
      return false;
    }
    repeats = new SentFrame(message, fragment, repeats);
    repeatCount++;
    return true;
  }

  private void writeNew(FrameWriter writer, Repeat repeat, long nowNanos) {
    boolean progress = true;
    while (progress) {
      progress = unreliable.writeNext(writer, nowNanos);
      progress |= writeNextReliable(writer, repeat);
    }
  }

  /** Writes one frame of the next channel in turn whose window and size allow it. */
  private boolean writeNextReliable(FrameWriter writer, Repeat repeat) {
    boolean blockedByWindow = activeCount > 0;
    for (int tried = 0; tried < activeCount; tried++) {
      if (turn >= activeCount) {
        turn = 0;
      }
      SendChannel channel = active[turn];
      Outgoing message = channel.unsent();
      if (message != null && isWithinWindow(channel, message)) {
        blockedByWindow = false;
        if (message.write(writer, message.nextFragment)) {
          sentFirstTime(channel, message, repeat);
          return true;
        }
      }
      turn++;
    }
    stalled = blockedByWindow && unreliable.isEmpty();
    return false;
  }

  private boolean isWithinWindow(SendChannel channel, Outgoing message) {
    return !message.isUntouched()
        || channel.isWithinWindow()
            && windowBytes + message.weight()
                <= config.receiveWindowBytes() + Outgoing.OVERHEAD_BYTES;
  }

  private void sentFirstTime(SendChannel channel, Outgoing message, Repeat repeat) {
    if (message.isUntouched()) {
      windowBytes += message.weight();
    }
    int bytes = message.fragmentBytes(message.nextFragment);
    repeatBudget.earn(bytes);
    if (repeat == Repeat.EVERYTHING && repeatBudget.spend(bytes)) {
      repeatLater(message, message.nextFragment);
    }
    sent(message, message.nextFragment);
    message.nextFragment++;
    if (message.isWholeSent()) {
      unsentBytes -= message.weight();
      counters.messagesSent++;
      channel.advance();
    }
    if (channel.unsent() == null) {
      active[turn] = active[--activeCount];
    } else {
      turn++;
    }
  }

  /** Writes what still waits for a repeat into the room that is left; returns how many are done. */
  private int writeRepeats(FrameWriter writer, @Nullable SentFrame repeatable) {
    int done = 0;
    for (SentFrame frame = repeatable; frame != null; frame = frame.next()) {
      Outgoing message = frame.message();
      if (!message.isAcked(frame.fragment()) && message.write(writer, frame.fragment())) {
        counters.framesRetransmitted++;
        sent(message, frame.fragment());
      }
      done++;
    }
    return done;
  }

  private void sent(Outgoing message, int fragment) {
    message.addCopy(fragment);
    written = new SentFrame(message, fragment, written);
  }

  /** A packet that carried these frames was acknowledged. */
  void onAcked(@Nullable SentFrame frames) {
    for (SentFrame frame = frames; frame != null; frame = frame.next()) {
      Outgoing message = frame.message();
      message.removeCopy(frame.fragment());
      if (!message.isAcked(frame.fragment())) {
        message.markAcked(frame.fragment());
        if (message.isWholeAcked()) {
          reliableBytes -= message.weight();
          windowBytes -= channel(message.channel()).releaseAcked();
          stalled = false;
        }
      }
    }
  }

  /** A packet that carried these frames was lost: what no other packet carries goes out again. */
  void onLost(@Nullable SentFrame frames) {
    for (SentFrame frame = frames; frame != null; frame = frame.next()) {
      int copies = frame.message().removeCopy(frame.fragment());
      if (copies == 0) {
        resend(frame);
      }
    }
  }

  /**
   * Nothing was heard of these frames for too long: sends them again without giving up the copies
   * in flight.
   *
   * @return false if all of them have arrived in other packets
   */
  boolean probe(@Nullable SentFrame frames) {
    boolean any = false;
    for (SentFrame frame = frames; frame != null; frame = frame.next()) {
      any |= resend(frame);
    }
    return any;
  }

  private boolean resend(SentFrame frame) {
    Outgoing message = frame.message();
    if (message.isAcked(frame.fragment())) {
      return false;
    }
    message.markLost(frame.fragment());
    if (!message.inResendQueue) {
      message.inResendQueue = true;
      message.nextResend = null;
      if (resendTail == null) {
        resendHead = message;
      } else {
        resendTail.nextResend = message;
      }
      resendTail = message;
    }
    return true;
  }

  private void popResend() {
    Outgoing message = resendHead;
    if (message != null) {
      message.inResendQueue = false;
      resendHead = message.nextResend;
      message.nextResend = null;
      if (resendHead == null) {
        resendTail = null;
      }
    }
  }

  /** The session is closed: lets go of everything. */
  void clear() {
    unreliable.clear();
    channels = NO_CHANNELS;
    active = NO_CHANNELS;
    activeCount = 0;
    resendHead = null;
    resendTail = null;
    repeats = null;
    repeatCount = 0;
    reliableBytes = 0;
    windowBytes = 0;
    unsentBytes = 0;
  }
}
