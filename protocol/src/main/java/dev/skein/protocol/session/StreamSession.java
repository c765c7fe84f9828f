package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.packet.Carrier;
import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.packet.FrameReader;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session over an ordered byte stream (PROTOCOL §6.2, §9), TCP or WebSocket: sealed records, and
 * what is needed to go on with another stream after a cut. Confined to one thread.
 *
 * <p>The owner polls only while the socket is writable, so the session's own bounded queue is the
 * only place where messages wait.
 */
public final class StreamSession implements Session {

  /** The longest record on the wire. */
  public static final int RECORD_MAX_BYTES = 131_072;

  private final Role role;
  private final long connectionId;
  private final CipherSuite suite;
  private final SessionConfig config;
  private final SessionEvents events;
  private final Counters counters = new Counters();
  private final StreamOutbox outbox;
  private final StreamInbox inbox = new StreamInbox();
  private final StreamTimers timers;
  private final FrameReader reader;
  private final RecordPacker packer;
  private final ResumeSecrets resumeSecrets;
  private final Departure departure = new Departure();

  private State state = State.OPEN;
  private @Nullable CloseReason closeReason;
  private RecordCipher cipher;

  /** A session that has just been accepted, on its first stream. */
  public StreamSession(
      Role role,
      long connectionId,
      SessionSecrets secrets,
      SessionConfig config,
      SessionEvents events,
      long nowNanos) {
    this.role = role;
    this.connectionId = connectionId;
    this.suite = secrets.suite();
    this.config = config;
    this.events = events;
    this.outbox = new StreamOutbox(config, counters);
    this.timers = new StreamTimers(role, config, nowNanos);
    this.reader = new FrameReader(Carrier.STREAM, config.channels());
    this.cipher = new RecordCipher(role, secrets);
    this.packer = new RecordPacker(outbox, inbox, timers, counters);
    this.resumeSecrets = new ResumeSecrets(connectionId, secrets.resume());
  }

  @Override
  public long id() {
    return connectionId;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public Optional<CloseReason> closeReason() {
    return Optional.ofNullable(closeReason);
  }

  @Override
  public int queuedBytes() {
    return outbox.heldBytes();
  }

  @Override
  public SessionStats stats() {
    return counters.stats(packer.smoothedRttNanos());
  }

  // Sending

  @Override
  public SendResult send(Channel channel, byte[] message, int offset, int length, long nowNanos) {
    return sendConflated(channel, 0, message, offset, length, nowNanos);
  }

  @Override
  public SendResult sendConflated(
      Channel channel, long conflationKey, byte[] message, int offset, int length, long nowNanos) {
    Objects.checkFromIndexSize(offset, length, message.length);
    config.requireChannel(channel);
    if (state == State.CLOSED) {
      return SendResult.CLOSED;
    }
    if (length > config.maxMessageBytes()) {
      return SendResult.TOO_LARGE;
    }
    SendResult result = outbox.add(channel, conflationKey, message, offset, length, nowNanos);
    if (result == SendResult.ACCEPTED) {
      packer.onQueued(nowNanos);
    }
    return closedIfFull(result, nowNanos);
  }

  @Override
  public SendResult send(FrameBatch batch, long nowNanos) {
    if (state == State.CLOSED) {
      return SendResult.CLOSED;
    }
    SendResult result = outbox.add(batch, nowNanos);
    if (result == SendResult.ACCEPTED) {
      timers.onQueued(nowNanos);
      timers.sendNow(nowNanos);
    }
    return closedIfFull(result, nowNanos);
  }

  private SendResult closedIfFull(SendResult result, long nowNanos) {
    if (result == SendResult.CLOSED) {
      close(Code.SLOW_CONSUMER, "the peer reads too slowly", nowNanos);
    }
    return result;
  }

  @Override
  public void ping(long nowNanos) {
    if (state == State.OPEN) {
      packer.ping(nowNanos);
    }
  }

  @Override
  public long nextSendNanos() {
    if (state == State.OPEN && departure.isBegun()) {
      return departure.dueNanos();
    }
    return state == State.OPEN || packer.isClosing() ? timers.nextSendNanos() : StreamTimers.NEVER;
  }

  /**
   * Writes the next sealed record, without length prefix, packing as many queued messages as fit.
   * After {@link #close} it goes on until everything queued and the CLOSE are written.
   *
   * @param maxBytes room in {@code out}; no record is longer than {@link #RECORD_MAX_BYTES}
   * @return the record's length; 0 when there is nothing to send now
   * @throws IllegalArgumentException if the next message alone does not fit into {@code maxBytes}
   */
  public int poll(byte[] out, int offset, int maxBytes, long nowNanos) {
    if (nowNanos < nextSendNanos()) {
      return 0;
    }
    if (cipher.isExhausted()) {
      packer.drop();
      finish(new CloseReason(Code.EXHAUSTED, "record numbers are used up", false), nowNanos);
      return 0;
    }
    int room = Math.min(maxBytes, RECORD_MAX_BYTES) - CipherSuite.TAG_BYTES;
    boolean moves = state == State.OPEN && departure.isBegun();
    int plainLength =
        moves
            ? packer.packMove(out, offset, room, departure)
            : packer.pack(out, offset, room, nowNanos);
    if (plainLength == 0) {
      return 0;
    }
    int length = cipher.seal(out, offset, plainLength);
    counters.packetsSent++;
    counters.bytesSent += length;
    timers.onSent(!moves && packer.hasMore(), nowNanos);
    return length;
  }

  // Receiving

  /**
   * Takes the next record of the current stream, without length prefix; opens it in place.
   *
   * @return NOT_AUTHENTIC if the stream cannot be used further: close it and {@link #detach}
   */
  public Received onRecord(byte[] record, int offset, int length, long nowNanos) {
    return switch (state) {
      case CLOSED -> Received.CLOSED;
      case DETACHED -> Received.NOT_AUTHENTIC;
      case OPEN -> {
        int plainLength = cipher.open(record, offset, length);
        if (plainLength < 0) {
          counters.packetsNotAuthentic++;
          yield Received.NOT_AUTHENTIC;
        }
        yield onOpened(record, offset, plainLength, length, nowNanos);
      }
    };
  }

  private Received onOpened(
      byte[] record, int offset, int plainLength, int sealedLength, long nowNanos) {
    counters.packetsReceived++;
    counters.bytesReceived += sealedLength;
    timers.onReceived(nowNanos);
    resumeSecrets.onOpened();
    reader.reset(record, offset, plainLength);
    while (state == State.OPEN) {
      Frame frame = reader.next();
      if (frame == Frame.END) {
        return Received.ACCEPTED;
      }
      if (departure.isBegun() && frame != Frame.CLOSE) {
        // Nothing counts any more, so that it comes again to where the session goes on.
        departure.miss();
        if (frame == Frame.MALFORMED) {
          return Received.ACCEPTED;
        }
        continue;
      }
      int fault = onFrame(frame, nowNanos);
      if (fault != Code.NONE) {
        counters.packetsMalformed++;
        close(fault, "broke the rules for " + frame, nowNanos);
        return Received.MALFORMED;
      }
    }
    return Received.ACCEPTED;
  }

  /** Handles one frame; returns NONE or the code it breaks the session with. */
  private int onFrame(Frame frame, long nowNanos) {
    return switch (frame) {
      case PING -> {
        packer.pong(nowNanos);
        events.onPing(this);
        yield Code.NONE;
      }
      case PONG -> {
        packer.onPong(nowNanos);
        yield Code.NONE;
      }
      case RECEIVED -> outbox.confirm(reader.receivedCount()) ? Code.NONE : Code.MALFORMED;
      case MESSAGE -> onMessage(nowNanos);
      case CLOSE -> {
        outbox.clear();
        finish(new CloseReason(reader.closeCode(), reader.closeText(), true), nowNanos);
        yield Code.NONE;
      }
      case MOVE -> {
        Optional<MoveOrder> order = departure.follow(role, reader);
        order.ifPresent(to -> events.onMove(this, to));
        yield order.isPresent() ? Code.NONE : Code.MALFORMED;
      }
      case MALFORMED, PADDING, ACK, PATH_CHALLENGE, PATH_RESPONSE -> Code.MALFORMED;
      case END -> Code.NONE;
    };
  }

  private int onMessage(long nowNanos) {
    if (reader.dataLength() > config.maxMessageBytes()) {
      return Code.TOO_LARGE;
    }
    Channel.Kind kind = reader.kind();
    return switch (inbox.judge(kind, reader.channel(), reader.id())) {
      case MALFORMED -> Code.MALFORMED;
      case REPETITION -> Code.NONE;
      case DELIVER -> {
        counters.messagesReceived++;
        if (kind.reliable()) {
          packer.onReliableReceived(nowNanos);
        }
        events.onMessage(
            this,
            Channel.of(kind.ordinal(), reader.channel()),
            reader.buffer(),
            reader.dataOffset(),
            reader.dataLength());
        yield Code.NONE;
      }
    };
  }

  // Silence, cuts and the end

  @Override
  public long nextTimeoutNanos() {
    return switch (state) {
      case OPEN -> departure.isBegun() ? movingDueNanos() : timers.openDueNanos();
      case DETACHED -> timers.expiryNanos();
      case CLOSED -> StreamTimers.NEVER;
    };
  }

  @Override
  public void onTimeout(long nowNanos) {
    if (state == State.OPEN) {
      if (nowNanos >= timers.idleDueNanos()) {
        detach(nowNanos);
      } else if (!departure.isBegun() && timers.isPingDue(nowNanos)) {
        ping(nowNanos);
      }
    }
    if (state == State.DETACHED && nowNanos >= timers.expiryNanos()) {
      outbox.clear();
      finish(new CloseReason(Code.IDLE, "not resumed in time", false), nowNanos);
    }
  }

  /**
   * The stream was cut, or cannot be used further. The session keeps what the peer has not
   * confirmed and waits for another stream, for {@code resumeTtlMillis}.
   */
  public void detach(long nowNanos) {
    if (state != State.OPEN) {
      packer.drop();
      return;
    }
    resumeSecrets.onCut();
    packer.onCut();
    timers.onDetached(nowNanos);
    state = State.DETACHED;
    events.onStateChange(this, State.DETACHED);
  }

  @Override
  public void close(int code, String text, long nowNanos) {
    if (state == State.CLOSED) {
      return;
    }
    boolean faulty = code == Code.SLOW_CONSUMER || code == Code.MALFORMED;
    if (state != State.OPEN || faulty || departure.isBegun()) {
      // Nobody reads them any more; otherwise the last messages go before the CLOSE.
      outbox.clear();
    }
    if (state == State.OPEN) {
      packer.close(code, text);
    }
    finish(new CloseReason(code, text, false), nowNanos);
  }

  private void finish(CloseReason reason, long nowNanos) {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    closeReason = reason;
    resumeSecrets.endAttempts();
    timers.sendNow(nowNanos);
    events.onClosed(this, reason);
  }

  // Moving to another node

  /** A frozen client's end waits for its owner, for as long as that takes. */
  private long movingDueNanos() {
    return role == Role.CLIENT ? StreamTimers.NEVER : timers.idleDueNanos();
  }

  @Override
  public SessionState freeze() {
    if (state == State.CLOSED) {
      throw new IllegalStateException("the session is closed");
    }
    departure.begin();
    return new SessionState(outbox.carry(), inbox.carry());
  }

  @Override
  public void thaw(long nowNanos) {
    boolean missed = departure.end();
    if (missed) {
      // A stream says nothing twice; the client's resume does.
      detach(nowNanos);
    } else {
      timers.sendNow(nowNanos);
    }
  }

  @Override
  public void move(MoveOrder order, long nowNanos) {
    departure.order(role, order, nowNanos);
  }

  @Override
  public void restore(SessionState carried, long nowNanos) {
    outbox.restore(carried.sending(), nowNanos);
    inbox.restore(carried.receiving());
    packer.onStream(nowNanos);
  }

  // Resume

  /**
   * Client: starts to go on over a new stream; the current one must not be read any more. Send
   * {@link StreamResume#message} first and hand the first record that arrives to {@link
   * #onResumed}.
   *
   * @param clientRandom 16 fresh random bytes
   * @throws IllegalStateException if the session is closed or this is a server
   */
  public StreamResume.Asked resume(byte[] clientRandom, long nowNanos) {
    requireRole(Role.CLIENT);
    if (state == State.CLOSED) {
      throw new IllegalStateException("the session is closed");
    }
    detach(nowNanos);
    return resumeSecrets.ask(clientRandom, inbox.received());
  }

  /**
   * Client: takes the first record of the new stream. After ACCEPTED the session is open on it and
   * wants to be polled; after anything else the stream is of no use.
   */
  public Received onResumed(
      StreamResume.Asked attempt, byte[] record, int offset, int length, long nowNanos) {
    if (state == State.CLOSED) {
      return Received.CLOSED;
    }
    if (!resumeSecrets.isCurrent(attempt) || state != State.DETACHED) {
      return Received.NOT_AUTHENTIC;
    }
    Optional<byte[]> read = attempt.read(record, offset, length);
    if (read.isEmpty()) {
      counters.packetsNotAuthentic++;
      return Received.NOT_AUTHENTIC;
    }
    byte[] answer = read.get();
    if (!outbox.resume(ResumeMessages.answerReceived(answer))) {
      close(Code.MALFORMED, "resumed with an impossible count", nowNanos);
      return Received.MALFORMED;
    }
    moveTo(resumeSecrets.onAnswered(suite, attempt, answer), nowNanos);
    return Received.ACCEPTED;
  }

  /**
   * Server: a new stream asks to go on with this session. Nothing changes yet; send {@link
   * StreamResume#message} on it and hand its first record to {@link #onFirstRecord}.
   *
   * @param serverRandom 16 fresh random bytes
   * @return empty if the request is not authentic or the session is closed
   */
  public Optional<StreamResume.Answered> onResume(
      byte[] record, int offset, int length, byte[] serverRandom) {
    requireRole(Role.SERVER);
    if (state == State.CLOSED) {
      return Optional.empty();
    }
    return resumeSecrets
        .answer(suite, record, offset, length, serverRandom, inbox.received())
        .filter(attempt -> outbox.canResume(attempt.peerReceived));
  }

  /**
   * Server: takes the first sealed record of a stream that asked to resume. After ACCEPTED the
   * session has moved to it, and the stream before must be closed and not be read any more; after
   * NOT_AUTHENTIC the new stream is of no use and nothing has changed.
   */
  public Received onFirstRecord(
      StreamResume.Answered attempt, byte[] record, int offset, int length, long nowNanos) {
    if (state == State.CLOSED) {
      return Received.CLOSED;
    }
    int plainLength =
        resumeSecrets.isCurrent(attempt) && outbox.canResume(attempt.peerReceived)
            ? attempt.cipher.open(record, offset, length)
            : -1;
    if (plainLength < 0) {
      counters.packetsNotAuthentic++;
      return Received.NOT_AUTHENTIC;
    }
    resumeSecrets.onMoved(attempt);
    outbox.resume(attempt.peerReceived);
    moveTo(attempt.cipher, nowNanos);
    return onOpened(record, offset, plainLength, length, nowNanos);
  }

  private void moveTo(RecordCipher nextCipher, long nowNanos) {
    cipher = nextCipher;
    packer.onStream(nowNanos);
    departure.onStream(nowNanos);
    timers.onStream(nowNanos);
    if (state == State.DETACHED) {
      state = State.OPEN;
      events.onStateChange(this, State.OPEN);
    }
  }

  private void requireRole(Role required) {
    if (role != required) {
      throw new IllegalStateException("this is the " + role + "'s end");
    }
  }
}
