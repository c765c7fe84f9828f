package dev.skein.mesh.clustered;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A connection with TLS. Its handshake comes first, while the channel still blocks. */
final class TlsConduit implements Conduit {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int RECORDS_AT_ONCE = 4;

  private final SocketChannel channel;
  private final SSLEngine tls;
  private final int recordMaxBytes;

  /** Ready to be read: sealed and not yet taken by the socket. */
  private final ByteBuffer sealed;

  /** Ready to be read: came and is not opened yet. */
  private final ByteBuffer arrived;

  private boolean more;
  private boolean stepwise = true;

  TlsConduit(SocketChannel channel, SSLEngine tls) {
    this.channel = channel;
    this.tls = tls;
    this.recordMaxBytes = tls.getSession().getPacketBufferSize();
    this.sealed = ByteBuffer.allocate(RECORDS_AT_ONCE * recordMaxBytes).flip();
    this.arrived = ByteBuffer.allocate(RECORDS_AT_ONCE * recordMaxBytes).flip();
  }

  /** Blocks until both sides have shown who they are. */
  void handshake() throws IOException {
    ByteBuffer early = ByteBuffer.allocate(tls.getSession().getApplicationBufferSize());
    boolean over = false;
    tls.beginHandshake();
    while (!over) {
      switch (tls.getHandshakeStatus()) {
        case NEED_WRAP -> write(NOTHING);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (read(early) < 0) {
            throw new EOFException("closed during the handshake");
          }
        }
        case NEED_TASK -> runTasks();
        case FINISHED, NOT_HANDSHAKING -> {
          if (early.position() > 0) {
            throw new SSLException("data before the end of the handshake");
          }
          over = true;
        }
      }
    }
  }

  @Override
  public SocketChannel channel() {
    return channel;
  }

  @Override
  public ByteBuffer readGreeting(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(tls.getSession().getApplicationBufferSize());
    while (bytes.position() == 0) {
      if (read(bytes) < 0) {
        throw new EOFException("closed during the greeting");
      }
    }
    if (bytes.position() != count) {
      throw new IOException("a greeting of " + bytes.position() + " bytes");
    }
    return bytes.flip();
  }

  @Override
  public void unblock() throws IOException {
    channel.configureBlocking(false);
    stepwise = false;
  }

  @Override
  public boolean write(ByteBuffer bytes) throws IOException {
    while (true) {
      if (sealed.hasRemaining()) {
        channel.write(sealed);
        if (sealed.hasRemaining()) {
          return false;
        }
      }
      if (!bytes.hasRemaining() && tls.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
        return true;
      }
      seal(bytes);
    }
  }

  private void seal(ByteBuffer bytes) throws SSLException {
    sealed.clear();
    try {
      do {
        SSLEngineResult result = tls.wrap(bytes, sealed);
        if (result.getStatus() != SSLEngineResult.Status.OK) {
          throw new SSLException("cannot seal: " + result.getStatus());
        }
        runTasks();
      } while (bytes.hasRemaining() && sealed.remaining() >= recordMaxBytes);
    } finally {
      sealed.flip();
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int before = into.position();
    while (true) {
      SSLEngineResult result = tls.unwrap(arrived, into);
      runTasks();
      more = result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW;
      switch (result.getStatus()) {
        case OK -> {
          if (stepwise || result.bytesConsumed() == 0) {
            return into.position() - before; // it may be this side's turn to say something
          }
        }
        case BUFFER_OVERFLOW -> {
          return into.position() - before;
        }
        case CLOSED -> {
          return into.position() > before ? into.position() - before : -1;
        }
        case BUFFER_UNDERFLOW -> {
          int came = into.position() > before ? 0 : receive();
          if (came <= 0) {
            return came < 0 ? -1 : into.position() - before;
          }
        }
      }
    }
  }

  private int receive() throws IOException {
    arrived.compact();
    try {
      return channel.read(arrived);
    } finally {
      arrived.flip();
    }
  }

  @Override
  public boolean hasMore() {
    return more;
  }

  private void runTasks() {
    Runnable task;
    while ((task = tls.getDelegatedTask()) != null) {
      task.run();
    }
  }
}
