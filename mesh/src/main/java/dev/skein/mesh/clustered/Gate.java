package dev.skein.mesh.clustered;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server socket whose {@link #accept} gives only connections of nodes that know the secret.
 * Handshakes run beside each other, so that one who connects and says nothing keeps nobody waiting.
 * Accepted by one thread, closed by any.
 */
final class Gate extends ServerSocket {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final int HANDSHAKES_MAX_COUNT = 128;
  private static final long HANDSHAKE_LIMIT_MILLIS = 5_000;
  private static final long COMPLAINT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Socket END = new Socket();

  private final SSLContext tls;
  private final Semaphore handshakes = new Semaphore(HANDSHAKES_MAX_COUNT);
  private final BlockingQueue<Socket> proven = new LinkedBlockingQueue<>();
  private final AtomicLong nextComplaintNanos = new AtomicLong(System.nanoTime());
  private @Nullable Thread acceptor;

  Gate(SSLContext tls) throws IOException {
    this.tls = tls;
  }

  @Override
  public Socket accept() throws IOException {
    if (acceptor == null) {
      acceptor = Thread.ofVirtual().name("mesh-gate").start(this::admit);
    }
    try {
      Socket socket = proven.take();
      if (socket == END || isClosed()) {
        throw new SocketException("closed");
      }
      return socket;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted", e);
    }
  }

  private void admit() {
    while (!isClosed()) {
      try {
        Socket socket = super.accept();
        if (handshakes.tryAcquire()) {
          Thread.ofVirtual().name("mesh-handshake").start(() -> prove(socket));
        } else {
          socket.close();
        }
      } catch (IOException e) {
        complain("a connection", e);
      }
    }
    proven.add(END);
  }

  private void prove(Socket socket) {
    CountDownLatch done = new CountDownLatch(1);
    Thread.ofVirtual().name("mesh-handshake-limit").start(() -> closeUnless(done, socket));
    try {
      SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
      secured.setUseClientMode(false);
      secured.setNeedClientAuth(true);
      secured.startHandshake();
      proven.add(secured);
    } catch (IOException e) {
      complain(String.valueOf(socket.getRemoteSocketAddress()), e);
      close(socket);
    } finally {
      done.countDown();
      handshakes.release();
    }
  }

  private static void closeUnless(CountDownLatch done, Socket socket) {
    try {
      if (!done.await(HANDSHAKE_LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
        close(socket);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("Closing {}", socket, e);
    }
  }

  private void complain(String who, IOException why) {
    long now = System.nanoTime();
    long next = nextComplaintNanos.get();
    if (!isClosed()
        && now - next >= 0
        && nextComplaintNanos.compareAndSet(next, now + COMPLAINT_INTERVAL_NANOS)) {
      LOG.warn("Refused {} at the mesh's door: {}", who, why.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    proven.add(END);
  }
}
