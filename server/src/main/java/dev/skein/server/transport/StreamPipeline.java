package dev.skein.server.transport;

import dev.skein.server.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the bytes of a new TCP or WebSocket connection into the records of a {@link Stream}. */
final class StreamPipeline extends ChannelInitializer<Channel> {
  private static final Logger LOG = LoggerFactory.getLogger(StreamPipeline.class);
  private static final String WEBSOCKET_PATH = "/skein";
  private static final String SUBPROTOCOL = "skein.v1";
  private static final int HTTP_REQUEST_MAX_BYTES = 8_192;

  private final Role role;
  private final Map<EventLoop, StreamGate> gates;
  private final TransportConfig.Limits limits;
  private final @Nullable SslContext tls;

  StreamPipeline(
      Role role,
      Map<EventLoop, StreamGate> gates,
      TransportConfig.Limits limits,
      @Nullable SslContext tls) {
    this.role = role;
    this.gates = gates;
    this.limits = limits;
    this.tls = tls;
  }

  @Override
  protected void initChannel(Channel channel) {
    StreamGate gate = gates.get(channel.eventLoop());
    if (gate == null) {
      throw new IllegalStateException("a channel on a loop that is no shard");
    }
    if (!(channel.remoteAddress() instanceof InetSocketAddress remoteAddress)) {
      channel.close();
      return;
    }
    Stream stream = new Stream(gate, channel, role, remoteAddress);
    if (!gate.admit(stream)) {
      channel.close();
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    if (tls != null) {
      pipeline.addLast(tls.newHandler(channel.alloc()));
    }
    if (role == Role.WS) {
      addWebSocket(pipeline, stream);
    } else {
      pipeline.addLast(new LengthFraming(stream));
    }
  }

  private void addWebSocket(ChannelPipeline pipeline, Stream stream) {
    WebSocketServerProtocolConfig config =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath(WEBSOCKET_PATH)
            .subprotocols(SUBPROTOCOL)
            .maxFramePayloadLength(limits.recordMaxBytes())
            .withUTF8Validator(false)
            .handshakeTimeoutMillis(limits.streamHandshakeTimeoutMillis())
            .build();
    pipeline.addLast(
        new HttpServerCodec(),
        new HttpObjectAggregator(HTTP_REQUEST_MAX_BYTES),
        new WebSocketServerProtocolHandler(config),
        new WebSocketFrameAggregator(limits.recordMaxBytes()),
        new WebSocketFraming(stream));
  }

  /** PROTOCOL §6.2: {@code u32 length ‖ record}. */
  private static final class LengthFraming extends ByteToMessageDecoder {
    private final Stream stream;

    LengthFraming(Stream stream) {
      this.stream = stream;
      setCumulator(MERGE_CUMULATOR);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      if (stream.isOver()) {
        in.skipBytes(in.readableBytes());
        return;
      }
      if (in.readableBytes() < Integer.BYTES) {
        return;
      }
      int length = in.getInt(in.readerIndex());
      if (length < 1 || length > stream.recordMaxBytes()) {
        in.skipBytes(in.readableBytes());
        stream.reject(DropReason.BAD_STREAM);
        return;
      }
      if (in.readableBytes() >= Integer.BYTES + length) {
        byte[] record = stream.gate().incoming();
        in.skipBytes(Integer.BYTES).readBytes(record, 0, length);
        stream.onRecord(record, length);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      stream.onClosed();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      stream.onWritable();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      onFailure(stream, cause);
    }
  }

  /** One binary message = one record. */
  private static final class WebSocketFraming extends SimpleChannelInboundHandler<Object> {
    private final Stream stream;

    WebSocketFraming(Stream stream) {
      this.stream = stream;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      switch (message) {
        case BinaryWebSocketFrame frame -> onBinary(frame.content());
        case FullHttpRequest request -> onOtherPath(context);
        default -> stream.reject(DropReason.BAD_STREAM);
      }
    }

    private void onBinary(ByteBuf content) {
      int length = content.readableBytes();
      if (length < 1 || length > stream.recordMaxBytes()) {
        stream.reject(DropReason.BAD_STREAM);
        return;
      }
      byte[] record = stream.gate().incoming();
      content.readBytes(record, 0, length);
      stream.onRecord(record, length);
    }

    private void onOtherPath(ChannelHandlerContext context) {
      var notFound =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND);
      notFound.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
      stream.gate().residence().counters().drop(DropReason.BAD_STREAM);
      context.writeAndFlush(notFound).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof HandshakeComplete complete
          && !SUBPROTOCOL.equals(complete.selectedSubprotocol())) {
        stream.reject(DropReason.BAD_STREAM);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      stream.onClosed();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      stream.onWritable();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      onFailure(stream, cause);
    }
  }

  /** A reset by the peer, a TLS alert, a frame that does not decode: the stream ends. */
  private static void onFailure(Stream stream, Throwable cause) {
    LOG.debug("the stream from {} failed", stream.remoteAddress(), cause);
    if (!stream.isOver()) {
      stream.reject(DropReason.BAD_STREAM);
    }
  }
}
