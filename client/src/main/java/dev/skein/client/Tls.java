package dev.skein.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * TLS around the bytes of one connection. The server's certificate has to name the host. Confined
 * to the loop, where also the handshake's arithmetic runs.
 */
final class Tls {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();
  private final ByteBuffer sealed;

  /** Received and not opened yet; ready to be written to. */
  private ByteBuffer received;

  Tls(SSLContext context, InetSocketAddress server) {
    engine = context.createSSLEngine(server.getHostString(), server.getPort());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    sealed = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    received = ByteBuffer.allocate(2 * sealed.capacity());
  }

  /** Begins the handshake; {@link #takeOutgoing} has its first message. */
  void begin() throws SSLException {
    engine.beginHandshake();
    advance();
  }

  /** True once application bytes can be sent. */
  boolean isOpen() {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  /** Seals application bytes; {@link #takeOutgoing} has the result. */
  void seal(byte[] plain, int offset, int length) throws SSLException {
    ByteBuffer source = ByteBuffer.wrap(plain, offset, length);
    while (source.hasRemaining()) {
      wrap(source);
    }
  }

  /** What has to be sent now; empty if nothing. */
  byte[] takeOutgoing() {
    byte[] bytes = outgoing.toByteArray();
    outgoing.reset();
    return bytes;
  }

  /**
   * Opens received bytes.
   *
   * @param plain where application bytes go, with room for as many as there are sealed ones
   * @throws IOException if they are not authentic or the server closed the connection
   */
  void open(ByteBuffer sealedBytes, ByteBuffer plain) throws IOException {
    if (received.remaining() < sealedBytes.remaining()) {
      int needed = received.position() + sealedBytes.remaining();
      received =
          ByteBuffer.wrap(Arrays.copyOf(received.array(), needed)).position(received.position());
    }
    received.put(sealedBytes).flip();
    while (received.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(received, plain);
      if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
        throw new IOException("the server closed the connection");
      }
      if (result.getStatus() != SSLEngineResult.Status.OK) {
        break;
      }
      advance();
    }
    received.compact();
  }

  /** Does what the handshake wants of this side. */
  private void advance() throws SSLException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> {
          Runnable task = engine.getDelegatedTask();
          if (task != null) {
            task.run();
          }
        }
        case NEED_WRAP -> wrap(NOTHING);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  private void wrap(ByteBuffer source) throws SSLException {
    SSLEngineResult result = engine.wrap(source, sealed.clear());
    if (result.getStatus() != SSLEngineResult.Status.OK) {
      throw new SSLException("sealing ended with " + result.getStatus());
    }
    outgoing.write(sealed.array(), 0, sealed.position());
  }
}
