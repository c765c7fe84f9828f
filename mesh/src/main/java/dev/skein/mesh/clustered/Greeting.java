package dev.skein.mesh.clustered;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * What is said first on a connection between two nodes: the caller says who it is and whom it
 * wants, whoever picks up says who it is. A node that died may have left its address to another.
 * Blocks; one thread.
 *
 * @param tls empty: in the clear
 */
record Greeting(Optional<SSLContext> tls) {
  private static final int MARK = 0x534b4d31; // "SKM1"
  private static final int CALL_BYTES = Integer.BYTES + 4 * Long.BYTES;
  private static final int ANSWER_BYTES = Integer.BYTES + 2 * Long.BYTES;

  /** Who has called whom. */
  record Call(Conduit conduit, UUID caller, UUID wanted) {}

  /** Calls a node; gives the connection when it has answered. */
  Conduit call(SocketChannel channel, UUID self, UUID wanted) throws IOException {
    Conduit conduit = secured(channel, true);
    ByteBuffer call = ByteBuffer.allocate(CALL_BYTES).putInt(MARK);
    write(conduit, put(put(call, self), wanted));
    ByteBuffer answer = read(conduit, ANSWER_BYTES);
    if (!take(answer).equals(wanted)) {
      throw new IOException("another node has answered");
    }
    return conduit;
  }

  /** Hears who calls. */
  Call hear(SocketChannel channel) throws IOException {
    Conduit conduit = secured(channel, false);
    ByteBuffer call = read(conduit, CALL_BYTES);
    return new Call(conduit, take(call), take(call));
  }

  /** Picks up. */
  void answer(Call call) throws IOException {
    write(call.conduit, put(ByteBuffer.allocate(ANSWER_BYTES).putInt(MARK), call.wanted));
  }

  private Conduit secured(SocketChannel channel, boolean calls) throws IOException {
    if (tls.isEmpty()) {
      return new Conduit.Clear(channel);
    }
    SSLEngine engine = tls.get().createSSLEngine();
    engine.setUseClientMode(calls);
    engine.setNeedClientAuth(true);
    TlsConduit conduit = new TlsConduit(channel, engine);
    conduit.handshake();
    return conduit;
  }

  private static void write(Conduit conduit, ByteBuffer bytes) throws IOException {
    bytes.flip();
    while (!conduit.write(bytes)) {
      Thread.onSpinWait(); // a channel that blocks takes all at once
    }
  }

  private static ByteBuffer read(Conduit conduit, int count) throws IOException {
    ByteBuffer bytes = conduit.readGreeting(count);
    if (bytes.getInt() != MARK) {
      throw new IOException("who has called speaks no mesh");
    }
    return bytes;
  }

  private static ByteBuffer put(ByteBuffer bytes, UUID id) {
    return bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static UUID take(ByteBuffer bytes) {
    return new UUID(bytes.getLong(), bytes.getLong());
  }
}
