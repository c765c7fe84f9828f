package dev.skein.server.transport;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;

/** What the transport tells the layer above; always on the connection's shard. */
public interface ConnectionEvents {

  /**
   * Whether an authentic client may have a session now; asked before any state is kept for it.
   * Unlike the rest, called by any thread; must not block.
   *
   * @return {@link dev.skein.protocol.Code#NONE} to admit it, else the code it is refused with
   */
  default int admit(Identity identity) {
    return Code.NONE;
  }

  /**
   * A handshake succeeded: the ticket's uid and sid are authentic. The connection may be sent on
   * from here on; the peer gets it after the answer to its handshake.
   *
   * @return the events of this connection from now on, or throw {@link Refused} to close it with
   *     that code
   */
  Events onOpen(Connection connection, Identity identity) throws Refused;

  /** Who connected, from the ticket. */
  record Identity(String uid, String sid) {}

  /** The layer above does not want the connection. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;

    public Refused(int code, String text) {
      super(text, null, false, false);
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  /** The events of one connection. */
  interface Events {
    /** A whole message; the bytes are valid during the call only. */
    void onMessage(Channel channel, byte[] buffer, int offset, int length);

    /**
     * A whole message over the peer's rate: it must not be handled, only answered TOO_MANY. The
     * bytes are valid during the call only.
     */
    void onTooMany(Channel channel, byte[] buffer, int offset, int length);

    /** An echo (UDP) or heartbeat (TCP, WS) of the client. */
    void onKeepAlive();

    /** The client is silent or its stream was cut; it may resume. */
    void onDetached();

    void onResumed();

    /** The last call. */
    void onClosed(CloseReason reason);
  }
}
