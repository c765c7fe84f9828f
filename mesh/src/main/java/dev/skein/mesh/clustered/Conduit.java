package dev.skein.mesh.clustered;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connection that carries bytes, in the clear here, with TLS in {@link TlsConduit}. One thread
 * reads and one writes at a time.
 */
interface Conduit {
  SocketChannel channel();

  /** Blocks until so many bytes have come, which the other side has written at once. */
  ByteBuffer readGreeting(int count) throws IOException;

  /** Greetings block, what comes after them does not. */
  void unblock() throws IOException;

  /** Takes what it can of the bytes. False if something is left, here or there, for later. */
  boolean write(ByteBuffer bytes) throws IOException;

  /** Appends what has come, maybe nothing; -1 at the end. */
  int read(ByteBuffer into) throws IOException;

  /** True if more has come than {@link #read} found room for. */
  boolean hasMore();

  /** Nothing between the bytes and the socket. */
  record Clear(SocketChannel channel) implements Conduit {
    /**
     * The JDK copies what it writes and reads to memory of its own, as much at once as is asked.
     */
    private static final int PIECE_BYTES = 64 * 1024;

    @Override
    public ByteBuffer readGreeting(int count) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(count);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes) < 0) {
          throw new EOFException("closed during the greeting");
        }
      }
      return bytes.flip();
    }

    @Override
    public void unblock() throws IOException {
      channel.configureBlocking(false);
    }

    @Override
    public boolean write(ByteBuffer bytes) throws IOException {
      int end = bytes.limit();
      try {
        while (bytes.position() < end) {
          bytes.limit(Math.min(end, bytes.position() + PIECE_BYTES));
          channel.write(bytes);
          if (bytes.hasRemaining()) {
            return false;
          }
        }
        return true;
      } finally {
        bytes.limit(end);
      }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      int end = into.limit();
      into.limit(Math.min(end, into.position() + PIECE_BYTES));
      try {
        return channel.read(into);
      } finally {
        into.limit(end);
      }
    }

    @Override
    public boolean hasMore() {
      return false;
    }
  }
}
