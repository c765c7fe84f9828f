package dev.skein.server.transport;

import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.handshake.HandshakeResult;
import dev.skein.protocol.handshake.HandshakeResult.Accepted;
import dev.skein.protocol.handshake.StreamServerHandshake;
import dev.skein.protocol.session.ResumeMessages;
import dev.skein.protocol.session.StreamResume;
import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the streams of one shard their sessions: new ones by STREAM_HELLO, those they had by
 * STREAM_RESUME, wherever on the node these live. Confined to its shard.
 */
final class StreamGate {
  private static final Logger LOG = LoggerFactory.getLogger(StreamGate.class);
  private static final int RESUME_RANDOM_BYTES = 16;

  private final Residence residence;
  private final Handshakes handshakes;
  private final List<StreamGate> gates;
  private final TransportConfig.Limits limits;
  private final byte[] incoming;

  /** Of all gates. */
  private final AtomicInteger pending;

  private final AtomicInteger leaving = new AtomicInteger();

  /** Streams without a session; bounded by {@code pendingStreamsMax}. */
  private final Set<Stream> unsettled = new HashSet<>();

  /**
   * @param gates all shards' gates by index, complete before the first stream
   * @param pending shared by all of them
   */
  StreamGate(
      Residence residence,
      Handshakes handshakes,
      List<StreamGate> gates,
      AtomicInteger pending,
      TransportConfig.Limits limits) {
    this.residence = residence;
    this.handshakes = handshakes;
    this.gates = gates;
    this.pending = pending;
    this.limits = limits;
    this.incoming = new byte[limits.recordMaxBytes()];
  }

  Residence residence() {
    return residence;
  }

  /** Where records are copied to be opened; valid until the next one comes. */
  byte[] incoming() {
    return incoming;
  }

  int recordMaxBytes() {
    return limits.recordMaxBytes();
  }

  int firstRecordMaxBytes() {
    return Math.min(limits.recordMaxBytes(), StreamServerHandshake.FIRST_RECORD_MAX_BYTES);
  }

  /** A new connection; false if there are too many without a session. */
  boolean admit(Stream stream) {
    if (pending.incrementAndGet() > limits.pendingStreamsMax() || handshakes.isStopped()) {
      pending.decrementAndGet();
      residence.counters().drop(DropReason.PENDING_FULL);
      return false;
    }
    adopt(stream);
    return true;
  }

  private void adopt(Stream stream) {
    unsettled.add(stream);
    EventShard shard = residence.shard();
    long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(limits.streamHandshakeTimeoutMillis());
    shard.wheel().set(stream, shard.now() + timeoutNanos);
    shard.requestTurn();
  }

  private void abandon(Stream stream) {
    unsettled.remove(stream);
    residence.shard().wheel().remove(stream);
  }

  /** The stream has a session now, or is closed. */
  void settled(Stream stream) {
    if (unsettled.remove(stream)) {
      residence.shard().wheel().remove(stream);
      pending.decrementAndGet();
    }
  }

  /** The channel has said its last and waits for the client to hang up. */
  void leaves(Channel channel) {
    leaving.incrementAndGet();
    channel.closeFuture().addListener(closed -> leaving.decrementAndGet());
  }

  /** Channels that wait for their clients to hang up. Any thread. */
  int leaving() {
    return leaving.get();
  }

  /** Closes what has no session. */
  void close() {
    List.copyOf(unsettled).forEach(Stream::close);
  }

  void onFirstRecord(Stream stream, byte[] record, int length) {
    byte[] copy = Arrays.copyOf(record, length);
    if (ResumeMessages.isRequest(copy, 0, length)) {
      StreamGate owner = ownerOf(ResumeMessages.connectionId(copy, 0));
      if (owner == this) {
        resume(stream, copy);
      } else {
        move(stream, owner, new Relocation(() -> owner.resume(stream, copy), () -> {}));
      }
      return;
    }
    long id = residence.table().reserve();
    LoginAdmission admission =
        new LoginAdmission(handshakes, stream.origin(), id, residence.shard().now());
    if (!handshakes.offer(() -> judge(stream, copy, admission, id))) {
      residence.table().release(id);
      stream.reject(DropReason.HANDSHAKE_RATE);
    }
  }

  /** On a thread of the handshakes. */
  private void judge(Stream stream, byte[] hello, LoginAdmission admission, long id) {
    HandshakeResult result =
        handshakes
            .streams()
            .onFirstRecord(hello, 0, hello.length, admission, System.currentTimeMillis());
    residence
        .shard()
        .execute(() -> residence.shard().turn(() -> onJudged(stream, admission, id, result)));
  }

  private void onJudged(Stream stream, LoginAdmission admission, long id, HandshakeResult result) {
    if (result instanceof Accepted accepted
        && accepted.ticket().purpose() == Ticket.Purpose.MOVE
        && !stream.isOver()
        && !handshakes.isStopped()) {
      residence.table().release(id);
      onMoved(stream, admission, accepted);
      return;
    }
    if (result instanceof Accepted accepted && !stream.isOver() && !handshakes.isStopped()) {
      accepted.confirm();
      StreamConnection connection = new StreamConnection(residence, id, accepted.secrets(), stream);
      residence.counters().opened();
      stream.bind(connection);
      connection.open(handshakes.above(), LoginAdmission.identity(accepted.ticket()));
      // Whoever is told that it is connected can be reached by others.
      stream.write(accepted.answer(), accepted.answer().length);
      stream.flush();
      return;
    }
    admission.withdraw();
    residence.table().release(id);
    DropReason refusal = admission.refusal();
    if (refusal != null) {
      residence.counters().drop(refusal);
    } else {
      handshakes.count(result.outcome());
    }
    if (result instanceof HandshakeResult.Answer(var outcome, byte[] answer)) {
      refuse(stream, answer);
    } else {
      stream.close();
    }
  }

  /** A client that comes from another node goes to the shard where it is expected. */
  private void onMoved(Stream stream, LoginAdmission admission, Accepted accepted) {
    accepted.confirm();
    Optional<ExpectedConnection> claimed =
        handshakes.arrivals().claim(accepted.ticket(), stream.role());
    if (claimed.isEmpty()) {
      admission.withdraw();
      residence.counters().drop(DropReason.REFUSED);
      stream.close();
      return;
    }
    ExpectedConnection expected = claimed.get();
    StreamGate home = gates.get(ConnectionTable.shardOf(expected.id()));
    if (home == this) {
      welcome(stream, expected, admission, accepted);
    } else {
      move(
          stream,
          home,
          new Relocation(
              () -> home.welcome(stream, expected, admission, accepted), admission::withdraw));
    }
  }

  private void welcome(
      Stream stream, ExpectedConnection expected, LoginAdmission admission, Accepted accepted) {
    if (stream.isOver() || !expected.isOpen()) {
      admission.withdraw();
      stream.close();
      return;
    }
    StreamConnection connection =
        new StreamConnection(residence, expected.id(), accepted.secrets(), stream);
    residence.counters().opened();
    stream.write(accepted.answer(), accepted.answer().length);
    stream.flush();
    stream.bind(connection);
    expected.arrive(connection);
  }

  private static void refuse(Stream stream, byte[] answer) {
    if (!stream.isOver()) {
      stream.write(answer, answer.length);
      stream.closeAfterWriting();
    }
  }

  /** The shard an id names; this one if there is no such shard, so that it refuses. */
  private StreamGate ownerOf(long connectionId) {
    int index = ConnectionTable.shardOf(connectionId);
    return index < gates.size() ? gates.get(index) : this;
  }

  /**
   * What a stream changes its shard for.
   *
   * @param arrived goes on, on the new shard
   * @param failed the stream is closed instead; on either shard
   */
  private record Relocation(Runnable arrived, Runnable failed) {}

  /** Hands the stream to the event loop where its session lives. */
  private void move(Stream stream, StreamGate owner, Relocation relocation) {
    Channel channel = stream.channel();
    abandon(stream);
    channel.config().setAutoRead(false);
    channel
        .deregister()
        .addListener(left ->
            owner
                .residence
                .shard()
                .loop()
                .register(channel)
                .addListener(arrived -> {
                  if (arrived.isSuccess()) {
                    owner.arrived(stream, relocation);
                  } else {
                    relocation.failed.run();
                    LOG.warn("a stream could not change its shard", arrived.cause());
                    pending.decrementAndGet();
                    channel.close();
                  }
                }));
  }

  private void arrived(Stream stream, Relocation relocation) {
    stream.moveTo(this);
    adopt(stream);
    if (!stream.channel().isActive()) {
      relocation.failed.run();
      stream.close();
      return;
    }
    relocation.arrived.run();
    stream.channel().config().setAutoRead(true);
  }

  private void resume(Stream stream, byte[] request) {
    byte[] serverRandom = new byte[RESUME_RANDOM_BYTES];
    handshakes.random().nextBytes(serverRandom);
    long id = ResumeMessages.connectionId(request, 0);
    if (residence.table().get(id) instanceof StreamConnection connection) {
      Optional<StreamResume.Answered> attempt = connection.onResume(request, serverRandom);
      if (attempt.isPresent()) {
        byte[] answer = attempt.get().message();
        stream.await(connection, attempt.get());
        stream.write(answer, answer.length);
        stream.flush();
        return;
      }
    }
    residence.counters().drop(DropReason.BAD_RESUME);
    HandshakeResult result =
        handshakes
            .streams()
            .onFirstRecord(
                request,
                0,
                request.length,
                new LoginAdmission(handshakes, stream.origin(), 0, residence.shard().now()),
                System.currentTimeMillis());
    if (result instanceof HandshakeResult.Resume(long wanted, byte[] refusal)) {
      refuse(stream, refusal);
    } else {
      stream.close();
    }
  }
}
