package dev.skein.protocol.session;

import dev.skein.protocol.packet.FrameWriter;
import dev.skein.protocol.packet.Varint;
import org.jspecify.annotations.Nullable;

/**
 * Fills records with what waits to be sent: counts, pings, as many messages as fit, and at the very
 * end the CLOSE. Confined to its session.
 */
final class RecordPacker {
  private static final int RTT_GAIN = 8;

  /** More reliable messages than this are not left uncounted. */
  private static final int RECEIVED_MAX_MESSAGES = 64;

  /** So much unsent data makes a record worth sending before the pack window is over. */
  private static final int PACK_MAX_BYTES = 16_384;

  private final StreamOutbox outbox;
  private final StreamInbox inbox;
  private final StreamTimers timers;
  private final Counters counters;
  private final FrameWriter writer = new FrameWriter();

  private boolean pingPending;
  private boolean pongPending;
  private boolean receivedPending;
  private byte @Nullable [] closeText;
  private int closeCode;

  private long reportedReceived;
  private boolean pingOutstanding;
  private long pingSentNanos;
  private long smoothedRttNanos;

  RecordPacker(StreamOutbox outbox, StreamInbox inbox, StreamTimers timers, Counters counters) {
    this.outbox = outbox;
    this.inbox = inbox;
    this.timers = timers;
    this.counters = counters;
  }

  long smoothedRttNanos() {
    return smoothedRttNanos;
  }

  /** How many received messages the peer does not know of. */
  private long uncounted() {
    return inbox.received() - reportedReceived;
  }

  /** A message was queued; enough of them do not wait for the end of the pack window. */
  void onQueued(long nowNanos) {
    timers.onQueued(nowNanos);
    if (outbox.unsentBytes() >= PACK_MAX_BYTES) {
      timers.sendNow(nowNanos);
    }
  }

  /** A reliable message has come; enough of them are counted at once. */
  void onReliableReceived(long nowNanos) {
    timers.onReliableReceived(nowNanos);
    if (uncounted() >= RECEIVED_MAX_MESSAGES) {
      timers.sendNow(nowNanos);
    }
  }

  void ping(long nowNanos) {
    pingPending = true;
    timers.onPing(nowNanos);
    timers.sendNow(nowNanos);
  }

  void pong(long nowNanos) {
    pongPending = true;
    timers.sendNow(nowNanos);
  }

  void onPong(long nowNanos) {
    if (pingOutstanding) {
      pingOutstanding = false;
      long sample = nowNanos - pingSentNanos;
      smoothedRttNanos =
          smoothedRttNanos == 0
              ? sample
              : smoothedRttNanos + (sample - smoothedRttNanos) / RTT_GAIN;
    }
  }

  /** What was only for the stream that is gone is forgotten. */
  void onCut() {
    pingPending = false;
    pongPending = false;
    pingOutstanding = false;
  }

  /** On a new stream the first record is a RECEIVED, needed or not. */
  void onStream(long nowNanos) {
    onCut();
    receivedPending = true;
    timers.sendNow(nowNanos);
  }

  /** The CLOSE follows what is queued. */
  void close(int code, String text) {
    closeCode = code;
    closeText = FrameWriter.closeText(text);
  }

  /** True from {@link #close} until the CLOSE is written. */
  boolean isClosing() {
    return closeText != null;
  }

  /** Gives up a goodbye that can no longer be said. */
  void drop() {
    if (isClosing()) {
      closeText = null;
      outbox.clear();
    }
  }

  /** True if another record is wanted at once. */
  boolean hasMore() {
    return !outbox.isSent() || isClosing();
  }

  /**
   * Writes the frames of one record.
   *
   * @return their length; 0 when there was nothing to write
   * @throws IllegalArgumentException if the next message alone does not fit into {@code room}
   */
  int pack(byte[] out, int offset, int room, long nowNanos) {
    writer.reset(out, offset, offset + Math.max(room, 0));
    writeControl(nowNanos);
    writeMessages(nowNanos);
    if (outbox.isSent()) {
      writeClose();
    }
    if (writer.written() == 0) {
      if (hasMore()) {
        throw new IllegalArgumentException("a message does not fit into " + room + " bytes");
      }
      timers.onNothingToSend();
    }
    return writer.written();
  }

  /** Writes a record with nothing but the order to move. */
  int packMove(byte[] out, int offset, int room, Departure departure) {
    writer.reset(out, offset, offset + Math.max(room, 0));
    writer.move(departure.order());
    departure.onRecord();
    return writer.written();
  }

  private void writeControl(long nowNanos) {
    boolean countWanted = receivedPending || uncounted() > 0;
    if (countWanted && 1 + Varint.size(inbox.received()) <= writer.remaining()) {
      writer.received(inbox.received());
      reportedReceived = inbox.received();
      receivedPending = false;
      timers.onReceivedReported();
    }
    if (pongPending && writer.remaining() > 0) {
      writer.pong();
      pongPending = false;
    }
    if (pingPending && writer.remaining() > 0) {
      writer.ping();
      pingPending = false;
      if (!pingOutstanding) {
        pingOutstanding = true;
        pingSentNanos = nowNanos;
      }
    }
  }

  private void writeMessages(long nowNanos) {
    for (StreamMessage message = outbox.peek(nowNanos);
        message != null;
        message = outbox.peek(nowNanos)) {
      int length = message.length();
      if (message.framed > 0) {
        if (length > writer.remaining()) {
          return;
        }
        outbox.take(message);
        writer.frames(message.data(), length);
        counters.messagesSent += message.framed;
        continue;
      }
      // An unreliable message's id is not known yet; the longest varint is assumed.
      long id = message.reliable() ? message.id : Varint.MAX;
      int header = FrameWriter.messageHeaderBytes(message.channel.kind(), id, length, true);
      if (header + length > writer.remaining()) {
        return;
      }
      outbox.take(message);
      boolean last = outbox.isSent() && !isClosing();
      writer.message(message.channel, message.id, message.data(), message.offset(), length, !last);
      counters.messagesSent++;
    }
  }

  private void writeClose() {
    byte[] text = closeText;
    if (text != null && FrameWriter.closeBytes(closeCode, text.length) <= writer.remaining()) {
      writer.close(closeCode, text);
      closeText = null;
      outbox.clear();
    }
  }
}
