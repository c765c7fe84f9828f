package dev.skein.protocol.session;

import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.packet.FrameWriter;
import java.net.SocketAddress;

/**
 * Writes the packets of a datagram session, each kind by its own method, and books them; which one
 * is due is the session's decision. Confined to its session.
 */
final class PacketWriter {
  private final PacketSealer sealer;
  private final ReceivedPackets received;
  private final SendQueue queue;
  private final LossRecovery recovery;
  private final PathValidation paths;
  private final Silence silence;
  private final Counters counters;

  private boolean pingDue;
  private boolean pathResponseDue;
  private long pathResponseToken;
  private SocketAddress lastPath;

  PacketWriter(
      PacketSealer sealer,
      ReceivedPackets received,
      SendQueue queue,
      LossRecovery recovery,
      PathValidation paths,
      Silence silence,
      Counters counters) {
    this.sealer = sealer;
    this.received = received;
    this.queue = queue;
    this.recovery = recovery;
    this.paths = paths;
    this.silence = silence;
    this.counters = counters;
    lastPath = paths.path();
  }

  /** The next packet of frames has a PING. */
  void ping() {
    pingDue = true;
  }

  /** The next packet of frames answers a challenge. */
  void answerChallenge(long token) {
    pathResponseDue = true;
    pathResponseToken = token;
  }

  /** True if a PING or an answer is to be written, whatever else. */
  boolean isAsked() {
    return pingDue || pathResponseDue;
  }

  /** Where the last packet goes. */
  SocketAddress lastPath() {
    return lastPath;
  }

  /**
   * Acks, answers and what is queued.
   *
   * @param mayData whether messages may be sent now
   * @return 0 if there was nothing to write
   */
  int frames(byte[] out, int offset, boolean mayData, long nowNanos) {
    FrameWriter writer = begin(out, offset);
    if (received.dueNanos() != Long.MAX_VALUE) {
      received.write(writer, nowNanos);
    }
    int afterAck = writer.position();
    if (pathResponseDue) {
      writer.pathResponse(pathResponseToken);
      pathResponseDue = false;
    }
    if (pingDue) {
      writer.ping();
      pingDue = false;
    }
    SentFrame reliable = mayData ? queue.write(writer, recovery.repeat(), nowNanos) : null;
    if (writer.written() == 0) {
      sealer.forget();
      return 0;
    }
    boolean elicitsAck = writer.position() > afterAck;
    int length = seal(paths.path(), nowNanos);
    if (elicitsAck) {
      recovery.onSent(length, reliable, nowNanos);
    } else {
      recovery.onSentAckOnly(nowNanos);
    }
    return length;
  }

  /** A challenge to an unproven address; 0 if that has not sent enough to get one. */
  int challenge(byte[] out, int offset, long nowNanos) {
    FrameWriter writer = begin(out, offset);
    writer.pathChallenge(paths.token());
    int length = writer.position() - offset + CipherSuite.TAG_BYTES;
    if (!paths.mayChallenge(length, nowNanos)) {
      sealer.forget();
      paths.exhaust();
      return 0;
    }
    seal(paths.candidate(), nowNanos);
    paths.onChallengeSent(length, nowNanos);
    recovery.onSentAckOnly(nowNanos);
    return length;
  }

  /** The order to go on with another node. */
  int move(byte[] out, int offset, byte[] order, long nowNanos) {
    begin(out, offset).move(order);
    return sealAlone(nowNanos);
  }

  /** The end. */
  int close(byte[] out, int offset, CloseReason reason, long nowNanos) {
    begin(out, offset).close(reason.code(), FrameWriter.closeText(reason.text()));
    return sealAlone(nowNanos);
  }

  private FrameWriter begin(byte[] out, int offset) {
    return sealer.begin(out, offset, recovery.nextNumber(), recovery.largestAcked());
  }

  private int sealAlone(long nowNanos) {
    int length = seal(paths.path(), nowNanos);
    recovery.onSentAckOnly(nowNanos);
    return length;
  }

  private int seal(SocketAddress to, long nowNanos) {
    int length = sealer.seal();
    lastPath = to;
    counters.packetsSent++;
    counters.bytesSent += length;
    silence.onSpoken(nowNanos);
    return length;
  }
}
