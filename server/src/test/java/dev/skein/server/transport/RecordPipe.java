package dev.skein.server.transport;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Records to and from a server, over one TCP or WebSocket connection of the JDK's. */
abstract class RecordPipe {
  final LinkedBlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
  volatile boolean closed;
  volatile boolean reading = true;

  abstract void send(byte[] record, int length);

  abstract void close();

  byte @Nullable [] receive() {
    return arrived.poll();
  }

  boolean isClosed() {
    return closed;
  }

  void stopReading() {
    reading = false;
  }

  static RecordPipe tcp(InetSocketAddress server) {
    return new Tcp(SocketFactory.getDefault(), server);
  }

  static RecordPipe tls(InetSocketAddress server, SSLContext trust) {
    return new Tcp(trust.getSocketFactory(), server);
  }

  static RecordPipe webSocket(InetSocketAddress server, String path, String subprotocol) {
    return new Ws(server, path, subprotocol);
  }

  static RecordPipe webSocket(InetSocketAddress server) {
    return webSocket(server, "/skein", "skein.v1");
  }

  private static final class Tcp extends RecordPipe {
    private final Socket socket;
    private final DataOutputStream out;

    Tcp(SocketFactory factory, InetSocketAddress server) {
      try {
        socket = factory.createSocket(server.getAddress(), server.getPort());
        socket.setTcpNoDelay(true);
        out = new DataOutputStream(socket.getOutputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (reading) {
          byte[] record = new byte[in.readInt()];
          in.readFully(record);
          arrived.add(record);
        }
      } catch (IOException e) {
        closed = true;
      }
    }

    @Override
    void send(byte[] record, int length) {
      ByteBuffer framed = ByteBuffer.allocate(Integer.BYTES + length);
      framed.putInt(length).put(record, 0, length);
      try {
        out.write(framed.array());
      } catch (IOException e) {
        closed = true;
      }
    }

    @Override
    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Ws extends RecordPipe implements WebSocket.Listener {
    private final WebSocket socket;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

    Ws(InetSocketAddress server, String path, String subprotocol) {
      URI uri = URI.create("ws://" + server.getHostString() + ":" + server.getPort() + path);
      socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .subprotocols(subprotocol)
              .buildAsync(uri, this)
              .orTimeout(30, TimeUnit.SECONDS)
              .join();
    }

    @Override
    void send(byte[] record, int length) {
      try {
        socket
            .sendBinary(ByteBuffer.wrap(Arrays.copyOf(record, length)), true)
            .orTimeout(30, TimeUnit.SECONDS)
            .join();
      } catch (CompletionException e) {
        // As with TCP: the server may have closed while this was being sent.
        if (!(e.getCause() instanceof IOException)) {
          throw e;
        }
        closed = true;
      }
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket source, ByteBuffer data, boolean last) {
      while (data.hasRemaining()) {
        partial.write(data.get());
      }
      if (last) {
        arrived.add(partial.toByteArray());
        partial.reset();
      }
      if (reading) {
        source.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket source, int code, String reason) {
      closed = true;
      return null;
    }

    @Override
    public void onError(WebSocket source, Throwable error) {
      closed = true;
    }

    @Override
    void close() {
      socket.abort();
    }
  }
}
