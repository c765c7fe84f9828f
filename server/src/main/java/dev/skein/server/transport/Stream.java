package dev.skein.server.transport;

import dev.skein.protocol.session.StreamResume;
import dev.skein.server.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * One TCP or WebSocket connection: first without a session, until its handshake has given it one or
 * its time is over. Confined to its event loop, which changes once if it resumes a session that
 * lives on another shard.
 */
final class Stream extends TimerWheel.Entry {
  /** How long a client that was told everything may take to close its end. */
  private static final int HANG_UP_MILLIS = 1_000;

  private static final int WEBSOCKET_HEADER_MAX_BYTES = 10;
  private static final byte WEBSOCKET_BINARY_FINAL = (byte) 0x82;

  /** What the next record is. */
  private sealed interface Phase {
    /** STREAM_HELLO or STREAM_RESUME. */
    record First() implements Phase {}

    /** None: an answer is being made. */
    record Answering() implements Phase {}

    /** The first sealed one of a stream that asked to resume. */
    record Resuming(StreamConnection connection, StreamResume.Answered attempt) implements Phase {}

    /** One of a session. */
    record Bound(StreamConnection connection) implements Phase {}

    /** Of no interest. */
    record Over() implements Phase {}
  }

  private final Channel channel;
  private final Role role;
  private final InetSocketAddress remoteAddress;
  private StreamGate gate;
  private Phase phase = new Phase.First();

  Stream(StreamGate gate, Channel channel, Role role, InetSocketAddress remoteAddress) {
    this.gate = gate;
    this.channel = channel;
    this.role = role;
    this.remoteAddress = remoteAddress;
  }

  Channel channel() {
    return channel;
  }

  StreamGate gate() {
    return gate;
  }

  Role role() {
    return role;
  }

  InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  Occupancy.Origin origin() {
    return Occupancy.Origin.of(remoteAddress.getAddress());
  }

  /** True until a session uses it or it is closed. */
  boolean isPending() {
    return !(phase instanceof Phase.Bound || phase instanceof Phase.Over);
  }

  boolean isOver() {
    return phase instanceof Phase.Over;
  }

  /** A whole record. The array may be changed, and is valid during the call only. */
  void onRecord(byte[] record, int length) {
    gate.residence().counters().receivedRecord(length);
    gate.residence().shard().rest();
    switch (phase) {
      case Phase.First() -> {
        phase = new Phase.Answering();
        gate.onFirstRecord(this, record, length);
      }
      case Phase.Answering() -> reject(DropReason.BAD_STREAM);
      case Phase.Resuming(var connection, var attempt) ->
          guarded(connection, () -> connection.onFirstRecord(this, attempt, record, length));
      case Phase.Bound(var connection) ->
          guarded(connection, () -> connection.onRecord(this, record, length));
      case Phase.Over() -> {
        // Still in the decoder when it was closed.
      }
    }
  }

  private static void guarded(StreamConnection connection, Runnable handling) {
    try {
      handling.run();
    } catch (RuntimeException e) {
      connection.fail(e);
    }
  }

  /** A session uses it from now on. */
  void bind(StreamConnection connection) {
    gate.settled(this);
    phase = new Phase.Bound(connection);
  }

  /** Its session is found; the next record decides. */
  void await(StreamConnection connection, StreamResume.Answered attempt) {
    phase = new Phase.Resuming(connection, attempt);
  }

  /** Its loop is another one now. On the new shard. */
  void moveTo(StreamGate other) {
    gate = other;
  }

  /** The channel is closed, by whomever. */
  void onClosed() {
    Phase last = phase;
    over();
    if (last instanceof Phase.Bound(var connection)) {
      connection.onCut(this);
    }
  }

  /** More can be written again. */
  void onWritable() {
    if (phase instanceof Phase.Bound(var connection)) {
      gate.residence().shard().touch(connection);
    }
  }

  @Override
  void onDeadline(long nowNanos) {
    if (isPending()) {
      reject(DropReason.STREAM_TIMEOUT);
    }
  }

  /** Counts why, and closes. */
  void reject(DropReason reason) {
    gate.residence().counters().drop(reason);
    if (phase instanceof Phase.Bound(var connection)) {
      connection.onCut(this);
    }
    close();
  }

  void close() {
    over();
    channel.close();
  }

  /**
   * Says that nothing follows, and closes when the client has hung up or its time for that is over.
   * A socket that is closed with something unread in it resets the connection (RFC 2525 §2.17), and
   * the client would lose the CLOSE it has not read yet.
   */
  void closeAfterWriting() {
    over();
    gate.leaves(channel);
    Object last =
        role == Role.WS
            ? new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE)
            : Unpooled.EMPTY_BUFFER;
    channel.writeAndFlush(last).addListener(written -> finishOutput());
    channel.eventLoop().schedule(() -> channel.close(), HANG_UP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void finishOutput() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound().addListener(said -> shutdownOutput());
    } else {
      shutdownOutput();
    }
  }

  private void shutdownOutput() {
    if (channel instanceof DuplexChannel duplex && channel.isActive()) {
      duplex.shutdownOutput();
    }
  }

  private void over() {
    if (isPending()) {
      gate.settled(this);
    }
    phase = new Phase.Over();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /** Frames one record and puts it before the next {@link #flush}; the bytes are copied. */
  void write(byte[] record, int length) {
    ByteBuf framed = channel.alloc().directBuffer(length + WEBSOCKET_HEADER_MAX_BYTES);
    if (role == Role.WS) {
      writeWebSocketHeader(framed, length);
    } else {
      framed.writeInt(length);
    }
    framed.writeBytes(record, 0, length);
    channel.write(framed, channel.voidPromise());
    gate.residence().counters().sentRecord(length);
  }

  /** RFC 6455 §5.2: a final binary frame of a server, so without a mask. */
  private static void writeWebSocketHeader(ByteBuf out, int length) {
    out.writeByte(WEBSOCKET_BINARY_FINAL);
    if (length < 126) {
      out.writeByte(length);
    } else if (length <= 0xffff) {
      out.writeByte(126).writeShort(length);
    } else {
      out.writeByte(127).writeLong(length);
    }
  }

  void flush() {
    channel.flush();
  }

  /** The longest record that may come next; a client that resumes has proven who it is. */
  int recordMaxBytes() {
    return switch (phase) {
      case Phase.Bound bound -> gate.recordMaxBytes();
      case Phase.Resuming resuming -> gate.recordMaxBytes();
      case Phase.First first -> gate.firstRecordMaxBytes();
      case Phase.Answering answering -> gate.firstRecordMaxBytes();
      case Phase.Over over -> gate.firstRecordMaxBytes();
    };
  }
}
