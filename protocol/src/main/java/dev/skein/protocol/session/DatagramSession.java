package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.packet.Carrier;
import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.packet.FrameReader;
import dev.skein.protocol.packet.PacketHeader;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A session over datagrams (PROTOCOL §6.1, §8): sealed packets, acks, loss recovery, congestion
 * control, fragments, path change. Confined to one thread; never blocks, never reads a clock.
 *
 * <p>The owner hands in datagrams with {@link #onDatagram}, calls {@link #onTimeout} at {@link
 * #nextTimeoutNanos}, and after each of these and after {@link #send} looks at {@link
 * #nextSendNanos}: once that is reached it calls {@link #poll} until it returns 0.
 */
public final class DatagramSession implements Session {
  private static final long LAST_NUMBER = PacketHeader.MAX_NUMBER - Farewell.CLOSES_MAX;
  private static final byte[] NO_BYTES = {};

  private final Role role;
  private final long id;
  private final SessionConfig config;
  private final SessionEvents events;
  private final RandomGenerator random;

  private final Counters counters = new Counters();
  private final PacketOpener opener;
  private final ReceivedPackets received;
  private final SendQueue queue;
  private final LossRecovery recovery;
  private final Inbox inbox;
  private final PathValidation paths;
  private final Silence silence;
  private final FrameReader reader;
  private final PacketWriter writer;
  private final Departure departure = new Departure();
  private final Farewell farewell = new Farewell();

  private State state = State.OPEN;
  private long lastNanos;

  /**
   * A session right after its handshake.
   *
   * @param role {@code CLIENT} writes the connection id into its packets, {@code SERVER} does not
   * @param path the address the peer has proven
   * @param random for path challenges; has to be unpredictable in production
   */
  public DatagramSession(
      Role role,
      long connectionId,
      SessionSecrets secrets,
      SessionConfig config,
      SocketAddress path,
      SessionEvents events,
      RandomGenerator random,
      long nowNanos) {
    this.role = role;
    this.id = connectionId;
    this.config = config;
    this.events = events;
    this.random = random;
    opener = new PacketOpener(role, secrets, counters);
    received = new ReceivedPackets(config.maxAckDelayMillis());
    queue = new SendQueue(role, config, counters);
    recovery = new LossRecovery(queue, counters, config.maxAckDelayMillis(), nowNanos);
    inbox = new Inbox(config, counters, this::deliver);
    paths = new PathValidation(path);
    silence = new Silence(role, config, nowNanos);
    reader = new FrameReader(Carrier.DATAGRAM, config.channels());
    PacketSealer sealer = new PacketSealer(role, connectionId, secrets);
    writer = new PacketWriter(sealer, received, queue, recovery, paths, silence, counters);
    lastNanos = nowNanos;
  }

  /**
   * The connection id of a client's datagram that starts at {@code offset}; the caller has checked
   * that it is a packet ({@link PacketHeader#fromClient}) of at least 9 bytes.
   */
  public static long connectionId(byte[] datagram, int offset) {
    return BigEndian.getLong(datagram, offset + PacketHeader.CONNECTION_ID_OFFSET);
  }

  // ---- sending ----

  @Override
  public SendResult send(Channel channel, byte[] message, int offset, int length, long nowNanos) {
    return sendConflated(channel, 0, message, offset, length, nowNanos);
  }

  @Override
  public SendResult sendConflated(
      Channel channel, long conflationKey, byte[] message, int offset, int length, long nowNanos) {
    Objects.checkFromIndexSize(offset, length, message.length);
    config.requireChannel(channel);
    lastNanos = nowNanos;
    if (state == State.CLOSED) {
      return SendResult.CLOSED;
    }
    if (length > config.maxMessageBytes()) {
      return SendResult.TOO_LARGE;
    }
    if (state == State.DETACHED && !channel.kind().reliable()) {
      counters.messagesDropped++;
      return SendResult.DROPPED;
    }
    return closedIfFull(
        queue.offer(channel, conflationKey, message, offset, length, nowNanos), nowNanos);
  }

  @Override
  public SendResult send(FrameBatch batch, long nowNanos) {
    lastNanos = nowNanos;
    if (state == State.CLOSED) {
      return SendResult.CLOSED;
    }
    if (state == State.DETACHED) {
      counters.messagesDropped += batch.count();
      return SendResult.DROPPED;
    }
    return closedIfFull(queue.offer(batch, nowNanos), nowNanos);
  }

  private SendResult closedIfFull(SendResult result, long nowNanos) {
    if (result == SendResult.CLOSED) {
      close(Code.SLOW_CONSUMER, "send queue is full", nowNanos);
    }
    return result;
  }

  @Override
  public void ping(long nowNanos) {
    lastNanos = nowNanos;
    writer.ping();
  }

  /**
   * Writes the next datagram, at most {@link SessionConfig#MAX_DATAGRAM_BYTES} from {@code offset}
   * on; {@link #pollPath} then tells where it goes.
   *
   * @return its length, or 0 if nothing wants to be sent now
   * @throws IndexOutOfBoundsException if {@code out} has no room for a full datagram
   */
  public int poll(byte[] out, int offset, long nowNanos) {
    Objects.checkFromIndexSize(offset, SessionConfig.MAX_DATAGRAM_BYTES, out.length);
    lastNanos = nowNanos;
    if (state != State.CLOSED && recovery.nextNumber() >= LAST_NUMBER) {
      close(Code.EXHAUSTED, "packet numbers used up", nowNanos);
    }
    if (state == State.CLOSED) {
      return farewell.isDue() ? pollClose(out, offset, nowNanos) : 0;
    }
    if (isMute()) {
      return 0;
    }
    if (departure.isBegun()) {
      return departure.dueNanos() <= nowNanos ? pollMove(out, offset, nowNanos) : 0;
    }
    if (paths.dueNanos() <= nowNanos) {
      int challenge = writer.challenge(out, offset, nowNanos);
      if (challenge > 0) {
        return challenge;
      }
    }
    recovery.forgetUnanswered(nowNanos);
    boolean mayData = recovery.sendableNanos(nowNanos) <= nowNanos;
    boolean wantsData = mayData && queue.dueNanos(lastNanos) <= nowNanos;
    if (!wantsData && received.dueNanos() > nowNanos && !writer.isAsked()) {
      return 0;
    }
    return writer.frames(out, offset, mayData, nowNanos);
  }

  private int pollMove(byte[] out, int offset, long nowNanos) {
    departure.onDatagram(nowNanos);
    return writer.move(out, offset, departure.order(), nowNanos);
  }

  private int pollClose(byte[] out, int offset, long nowNanos) {
    farewell.onSaid();
    return writer.close(out, offset, farewell.reason().orElseThrow(), nowNanos);
  }

  /** The address the datagram of the last {@link #poll} is for. */
  public SocketAddress pollPath() {
    return writer.lastPath();
  }

  /** The address the peer is known to be at. */
  public SocketAddress path() {
    return paths.path();
  }

  @Override
  public long nextSendNanos() {
    if (state == State.CLOSED) {
      return farewell.isDue() ? lastNanos : Long.MAX_VALUE;
    }
    if (isMute()) {
      return Long.MAX_VALUE;
    }
    if (departure.isBegun()) {
      return departure.dueNanos();
    }
    if (writer.isAsked()) {
      return lastNanos;
    }
    long at = Math.min(received.dueNanos(), paths.dueNanos());
    long ready = queue.dueNanos(lastNanos);
    if (ready < at) {
      at = Math.min(at, Math.max(ready, recovery.sendableNanos(lastNanos)));
    }
    return at;
  }

  /** PROTOCOL §8.4: a server does not send to a peer it has not heard for long. */
  private boolean isMute() {
    return state == State.DETACHED && role == Role.SERVER;
  }

  // ---- receiving ----

  /**
   * Takes in a datagram from the network. It is opened in place, so the bytes are overwritten; they
   * are not kept.
   *
   * @param from where it came from; only a server looks at it
   */
  public Received onDatagram(
      byte[] datagram, int offset, int length, SocketAddress from, long nowNanos) {
    lastNanos = nowNanos;
    if (state == State.CLOSED) {
      farewell.onHeard();
      return Received.CLOSED;
    }
    Received opened = opener.open(datagram, offset, length);
    if (opened != Received.ACCEPTED) {
      return opened;
    }
    heard(nowNanos);
    if (departure.isBegun()) {
      onFramesWhileFrozen(datagram);
      return Received.ACCEPTED;
    }
    boolean wellFormed = onFrames(datagram, length, nowNanos);
    if (opener.isNewest() && role == Role.SERVER) {
      paths.onNewest(from, length, random, nowNanos);
    }
    return wellFormed ? Received.ACCEPTED : Received.MALFORMED;
  }

  private void heard(long nowNanos) {
    silence.onHeard(nowNanos);
    if (state == State.DETACHED) {
      state = State.OPEN;
      recovery.loseAll(false, nowNanos);
      events.onStateChange(this, State.OPEN);
    }
  }

  /** Returns false if the frames broke a rule, which has closed the session. */
  private boolean onFrames(byte[] datagram, int length, long nowNanos) {
    long malformedBefore = counters.packetsMalformed;
    boolean inOrder = received.add(opener.number(), nowNanos);
    boolean elicitsAck = false;
    boolean atOnce = !inOrder;
    reader.reset(datagram, opener.framesOffset(), opener.framesLength());
    while (state != State.CLOSED && !departure.isBegun()) {
      Frame frame = reader.next();
      if (frame == Frame.END) {
        break;
      }
      if (frame != Frame.ACK && frame != Frame.PADDING && frame != Frame.CLOSE) {
        elicitsAck = true;
        atOnce |= frame != Frame.MESSAGE || reader.kind().reliable();
      }
      onFrame(frame, nowNanos);
    }
    reader.reset(NO_BYTES, 0, 0);
    if (elicitsAck) {
      received.owe(atOnce, length, nowNanos);
    }
    return counters.packetsMalformed == malformedBefore;
  }

  /**
   * Nothing of a packet counts, so that it comes again to where the session goes on; but a CLOSE.
   */
  private void onFramesWhileFrozen(byte[] datagram) {
    reader.reset(datagram, opener.framesOffset(), opener.framesLength());
    Frame frame = reader.next();
    while (frame != Frame.END && frame != Frame.MALFORMED && frame != Frame.CLOSE) {
      frame = reader.next();
    }
    if (frame == Frame.CLOSE) {
      end(farewell.told(reader.closeCode(), reader.closeText()));
    }
    reader.reset(NO_BYTES, 0, 0);
  }

  private void onFrame(Frame frame, long nowNanos) {
    switch (frame) {
      case END, PADDING -> {}
      case MESSAGE -> {
        int code = inbox.accept(reader);
        if (code != Code.NONE) {
          malformed(code, code == Code.MALFORMED ? "bad fragment" : "over the window", nowNanos);
        }
      }
      case ACK -> {
        if (!recovery.onAck(reader, nowNanos)) {
          malformed(Code.MALFORMED, "ack of a packet never sent", nowNanos);
        }
        silence.onAcked(recovery.largestAcked());
      }
      case PING -> events.onPing(this);
      case PATH_CHALLENGE -> writer.answerChallenge(reader.pathToken());
      case PATH_RESPONSE -> {
        if (paths.onResponse(reader.pathToken())) {
          recovery.loseAll(true, nowNanos);
        }
      }
      case CLOSE -> end(farewell.told(reader.closeCode(), reader.closeText()));
      case MOVE -> {
        Optional<MoveOrder> order = departure.follow(role, reader);
        if (order.isPresent()) {
          events.onMove(this, order.get());
        } else {
          malformed(Code.MALFORMED, "bad frame", nowNanos);
        }
      }
      case MALFORMED, RECEIVED, PONG -> malformed(Code.MALFORMED, "bad frame", nowNanos);
    }
  }

  private void malformed(int code, String why, long nowNanos) {
    counters.packetsMalformed++;
    close(code, why, nowNanos);
  }

  private boolean deliver(Channel channel, byte[] buffer, int offset, int length) {
    counters.messagesReceived++;
    events.onMessage(this, channel, buffer, offset, length);
    return state != State.CLOSED;
  }

  // ---- time ----

  @Override
  public long nextTimeoutNanos() {
    if (state == State.CLOSED) {
      return Long.MAX_VALUE;
    }
    if (departure.isBegun() && role == Role.CLIENT) {
      return Long.MAX_VALUE;
    }
    long silent = silence.deadlineNanos(state == State.DETACHED);
    return isMute() || departure.isBegun() ? silent : Math.min(silent, recovery.deadlineNanos());
  }

  @Override
  public void onTimeout(long nowNanos) {
    lastNanos = nowNanos;
    if (state == State.OPEN && silence.isIdle(nowNanos)) {
      state = State.DETACHED;
      if (role == Role.CLIENT) {
        silence.seek(recovery.nextNumber(), nowNanos);
      }
      events.onStateChange(this, State.DETACHED);
    }
    if (state == State.DETACHED && silence.isGone(nowNanos)) {
      close(Code.IDLE, "nothing heard", nowNanos);
    }
    if (state == State.CLOSED || isMute() || departure.isBegun()) {
      return;
    }
    if (silence.wantsPing(nowNanos)) {
      writer.ping();
    }
    recovery.onTimeout(nowNanos);
  }

  /**
   * The client's socket was replaced, so that its address may have changed: sends PINGs until the
   * server answers on the new path. Only for {@link Role#CLIENT}.
   */
  public void rebind(long nowNanos) {
    if (role != Role.CLIENT) {
      throw new IllegalStateException("only a client replaces its socket");
    }
    lastNanos = nowNanos;
    if (state == State.CLOSED) {
      return;
    }
    recovery.loseAll(true, nowNanos);
    silence.seek(recovery.nextNumber(), nowNanos);
    if (silence.wantsPing(nowNanos)) {
      writer.ping();
    }
  }

  // ---- moving to another node ----

  @Override
  public SessionState freeze() {
    if (state == State.CLOSED) {
      throw new IllegalStateException("the session is closed");
    }
    departure.begin();
    return new SessionState(queue.carry(), inbox.carry());
  }

  @Override
  public void thaw(long nowNanos) {
    lastNanos = nowNanos;
    departure.end();
  }

  @Override
  public void move(MoveOrder order, long nowNanos) {
    departure.order(role, order, nowNanos);
    lastNanos = nowNanos;
  }

  @Override
  public void restore(SessionState carried, long nowNanos) {
    lastNanos = nowNanos;
    queue.restore(carried.sending(), nowNanos);
    inbox.restore(carried.receiving());
  }

  // ---- end ----

  @Override
  public void close(int code, String text, long nowNanos) {
    lastNanos = nowNanos;
    if (state != State.CLOSED) {
      end(farewell.tell(code, text));
    }
  }

  private void end(CloseReason reason) {
    state = State.CLOSED;
    queue.clear();
    inbox.clear();
    events.onClosed(this, reason);
  }

  // ---- state ----

  @Override
  public long id() {
    return id;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public Optional<CloseReason> closeReason() {
    return farewell.reason();
  }

  @Override
  public int queuedBytes() {
    return queue.bytes();
  }

  /** Bytes of received messages that wait for earlier ones or for the rest of themselves. */
  public int heldBytes() {
    return inbox.heldBytes();
  }

  @Override
  public SessionStats stats() {
    return counters.stats(recovery.smoothedRttNanos());
  }

  /** What was dropped, by reason. */
  public DatagramDrops drops() {
    return counters.drops();
  }
}
