package dev.skein.client;

import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.handshake.Established;
import dev.skein.protocol.handshake.StreamClientHandshake;
import dev.skein.protocol.session.Received;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionState;
import dev.skein.protocol.session.StreamResume;
import dev.skein.protocol.session.StreamSession;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session over TCP or WebSocket, one connection after the other: when one is cut, the next goes
 * on where it stopped (PROTOCOL §9). Confined to the loop.
 */
final class StreamLink extends SessionLink<StreamSession> implements Framing.Records {

  /** How long the last messages and the CLOSE may take to leave. */
  private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int RANDOM_BYTES = 16;

  /** Refusals of a resume that say nothing about the session. */
  private static final Set<Integer> TEMPORARY_CODES =
      Set.of(Code.TOO_MANY, Code.FULL, Code.TIMEOUT);

  private final Endpoint endpoint;
  private final Supplier<Framing> framings;
  private final StreamClientHandshake handshake;
  private final boolean inTls;
  private final long connectTimeoutNanos;

  private Framing framing;
  private Phase phase = Phase.CUT;
  private StreamResume.@Nullable Asked resume;
  private @Nullable StreamSocket socket;

  /** When to give up what is under way: the connection attempt, or the goodbye. */
  private long giveUpNanos = Deadline.NEVER;

  /** How far the present connection has come. */
  private enum Phase {
    /** There is none. */
    CUT,
    /** It is being made, the framing's own greeting included. */
    CONNECTING,
    /** STREAM_HELLO or STREAM_RESUME was sent. */
    ASKED,
    /** Sealed records flow. */
    OPEN,
    /** The link is over. */
    ENDED
  }

  StreamLink(
      Endpoint endpoint,
      ClientConfig config,
      Supplier<Framing> framings,
      Supplier<Optional<SessionState>> carried,
      Events events) {
    super(config.loop(), carried, events);
    this.endpoint = endpoint;
    this.framings = framings;
    this.framing = framings.get();
    this.inTls = config.tls();
    this.connectTimeoutNanos = config.connectTimeout().toNanos();
    this.handshake =
        new StreamClientHandshake(
            endpoint.ticket(), endpoint.key(), OFFERED_SUITES, config.session(), loop.random());
  }

  @Override
  public void open() {
    connect(loop.nowNanos());
  }

  @Override
  public void replaceSocket() {
    if (session != null && phase != Phase.ENDED) {
      cut(loop.nowNanos());
      // Whoever asks knows that the network changed, so earlier failures say nothing.
      backoff.reset();
      nextSocketNanos = loop.nowNanos();
    }
  }

  @Override
  public void block(boolean block) {
    if (block == blocked) {
      return;
    }
    blocked = block;
    if (block) {
      replaceSocket();
    } else {
      backoff.reset();
      nextSocketNanos = loop.nowNanos();
      askFlush();
    }
  }

  @Override
  public void onReady(SelectionKey key) throws IOException {
    StreamSocket from = socket;
    if (from == null || !from.isFor(key)) {
      return;
    }
    boolean before = from.isConnected();
    if (key.isConnectable()) {
      from.finishConnect();
    } else if (key.isReadable()) {
      from.read(framing, this);
    }
    if (!before && from.isConnected()) {
      greet(from);
    }
    if (from == socket && key.isValid() && key.isWritable()) {
      from.writeUnsent();
    }
    askFlush();
  }

  @Override
  public void onFailure(IOException failure) {
    if (session == null) {
      openFailed(new ConnectFailed("no connection to " + endpoint + ": " + failure, failure));
    } else {
      cut(loop.nowNanos());
    }
  }

  private void greet(StreamSocket connected) throws IOException {
    byte[] greeting = framing.greeting();
    if (greeting.length == 0) {
      onReady();
    } else {
      connected.write(greeting, 0, greeting.length);
    }
  }

  /** The connection takes records: asks for a session, or for the one there was. */
  @Override
  public void onReady() {
    phase = Phase.ASKED;
    writeRecord(session == null ? handshake.hello() : resumeRequest(session));
  }

  private byte[] resumeRequest(StreamSession cut) {
    byte[] clientRandom = new byte[RANDOM_BYTES];
    loop.random().nextBytes(clientRandom);
    resume = cut.resume(clientRandom, loop.nowNanos());
    return resume.message();
  }

  @Override
  public void onRecord(byte[] buffer, int offset, int length) {
    switch (phase) {
      case ASKED -> onAnswer(buffer, offset, length);
      case OPEN -> {
        if (session != null
            && session.onRecord(buffer, offset, length, loop.nowNanos())
                == Received.NOT_AUTHENTIC) {
          // PROTOCOL §6.2: a record that does not open ends the connection, not the session.
          cut(loop.nowNanos());
        }
      }
      case CONNECTING, CUT, ENDED -> {}
    }
  }

  @Override
  public void onReply(byte[] frame) {
    write(frame, 0, frame.length);
  }

  @Override
  public boolean wanted() {
    return socket != null;
  }

  @Override
  void write(long nowNanos) {
    if (isSocketDue(nowNanos)) {
      connect(nowNanos);
    }
    if (phase == Phase.OPEN && session != null) {
      sendRecords(session, nowNanos);
    }
    if (session != null && session.state() == Session.State.CLOSED && goodbyeSaid(session)) {
      end();
      return;
    }
    planTimer(nowNanos);
  }

  @Override
  public void onStateChange(Session of, Session.State state) {
    switch (state) {
      case DETACHED -> {
        events.onDetached();
        if (phase == Phase.OPEN) {
          cut(loop.nowNanos());
        }
      }
      case OPEN -> events.onResumed();
      case CLOSED -> {}
    }
  }

  @Override
  public void onClosed(Session of, CloseReason reason) {
    giveUpNanos = loop.nowNanos() + GOODBYE_NANOS;
    askFlush();
    events.onClosed(reason);
  }

  private void connect(long nowNanos) {
    nextSocketNanos = Deadline.NEVER;
    if (blocked) {
      return;
    }
    try {
      framing = framings.get();
      socket = StreamSocket.open(loop, endpoint.address(), tls(), this);
      phase = Phase.CONNECTING;
      giveUpNanos = nowNanos + connectTimeoutNanos;
      askFlush();
    } catch (IOException e) {
      onFailure(e);
    }
  }

  private Optional<Tls> tls() {
    return inTls ? Optional.of(new Tls(loop.tls(), endpoint.address())) : Optional.empty();
  }

  private void onAnswer(byte[] buffer, int offset, int length) {
    giveUpNanos = Deadline.NEVER;
    if (session == null) {
      onHandshakeAnswer(buffer, offset, length);
    } else {
      onResumeAnswer(session, buffer, offset, length);
    }
  }

  private void onHandshakeAnswer(byte[] buffer, int offset, int length) {
    handshake.onRecord(buffer, offset, length);
    Optional<CloseReason> failure = handshake.failure();
    if (failure.isPresent()) {
      openFailed(new ConnectFailed(failure.get().code(), failure.get().text()));
      return;
    }
    Established result = handshake.established().orElseThrow();
    StreamSession opened =
        new StreamSession(
            Role.CLIENT,
            result.connectionId(),
            result.secrets(),
            result.config(),
            this,
            loop.nowNanos());
    establish(opened, loop.nowNanos());
    phase = Phase.OPEN;
    events.onOpen();
    askFlush();
  }

  private void onResumeAnswer(StreamSession detached, byte[] buffer, int offset, int length) {
    Optional<CloseReason> refusal = StreamClientHandshake.refusal(buffer, offset, length);
    if (refusal.isPresent() && !TEMPORARY_CODES.contains(refusal.get().code())) {
      // The server does not know the session any more; the client may start a new one.
      end();
      events.onClosed(new CloseReason(Code.IDLE, refusal.get().text(), true));
    } else if (refusal.isEmpty()
        && resume != null
        && detached.onResumed(resume, buffer, offset, length, loop.nowNanos())
            == Received.ACCEPTED) {
      phase = Phase.OPEN;
      backoff.reset();
      askFlush();
    } else {
      cut(loop.nowNanos());
    }
  }

  private boolean goodbyeSaid(StreamSession closed) {
    return phase != Phase.OPEN
        || socket == null
        || (socket.takesMore() && closed.nextSendNanos() == Deadline.NEVER);
  }

  private void sendRecords(StreamSession open, long nowNanos) {
    byte[] buffer = loop.scratchBytes();
    int recordAt = framing.headerRoomBytes();
    while (socket != null && socket.takesMore()) {
      int length = open.poll(buffer, recordAt, Framing.RECORD_MAX_BYTES, nowNanos);
      if (length == 0) {
        return;
      }
      int start = framing.frame(buffer, recordAt, length);
      write(buffer, start, recordAt + length - start);
    }
  }

  private void writeRecord(byte[] record) {
    int recordAt = framing.headerRoomBytes();
    byte[] framed = new byte[recordAt + record.length];
    System.arraycopy(record, 0, framed, recordAt, record.length);
    int start = framing.frame(framed, recordAt, record.length);
    write(framed, start, framed.length - start);
  }

  private void write(byte[] bytes, int offset, int length) {
    if (socket == null) {
      return;
    }
    try {
      socket.write(bytes, offset, length);
    } catch (IOException e) {
      onFailure(e);
    }
  }

  /** The connection is gone; the session waits for the next one. */
  private void cut(long nowNanos) {
    StreamSession open = session;
    if (open == null || phase == Phase.ENDED) {
      return;
    }
    if (open.state() == Session.State.CLOSED) {
      end();
      return;
    }
    boolean wasOpen = phase == Phase.OPEN;
    closeSocket();
    phase = Phase.CUT;
    giveUpNanos = Deadline.NEVER;
    nextSocketNanos = wasOpen ? nowNanos : nowNanos + backoff.next();
    open.detach(nowNanos);
    askFlush();
    if (!wasOpen) {
      events.onUnreachable();
    }
  }

  @Override
  void onTimer(long nowNanos) {
    if (giveUpNanos != Deadline.NEVER && nowNanos - giveUpNanos >= 0) {
      giveUpNanos = Deadline.NEVER;
      if (session == null) {
        openFailed(new ConnectFailed(Code.TIMEOUT, "no answer to the handshake"));
        return;
      }
      if (session.state() == Session.State.CLOSED) {
        end();
        return;
      }
      cut(nowNanos);
    }
    if (session != null) {
      session.onTimeout(nowNanos);
    }
    askFlush();
  }

  private void planTimer(long nowNanos) {
    long next = Deadline.earlier(giveUpNanos, nextSocketNanos);
    if (session != null) {
      next = Deadline.earlier(next, session.nextTimeoutNanos());
      if (phase == Phase.OPEN && socket != null && socket.takesMore()) {
        next = Deadline.earlier(next, session.nextSendNanos());
      }
    }
    setTimer(notAtOnce(next, nowNanos));
  }

  private void openFailed(ConnectFailed why) {
    if (phase != Phase.ENDED) {
      end();
      events.onOpenFailed(why);
    }
  }

  @Override
  void closeSocket() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  @Override
  boolean isEnded() {
    return phase == Phase.ENDED;
  }

  @Override
  void end() {
    phase = Phase.ENDED;
    super.end();
  }
}
