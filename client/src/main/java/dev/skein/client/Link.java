package dev.skein.client;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.Session.SendResult;
import java.util.Optional;

/**
 * One session of a client over one transport: socket, handshake, messages, resume, end. Confined to
 * the loop.
 */
interface Link {

  /** What a link tells its client, on the loop. */
  interface Events {
    /** The handshake is done; messages flow. */
    void onOpen();

    /** There is no session: refused, unreachable, or late. The last call. */
    void onOpenFailed(ConnectFailed why);

    /** The bytes are valid during the call only. */
    void onMessage(Channel channel, byte[] buffer, int offset, int length);

    void onDetached();

    void onResumed();

    /** The server's address took no socket or does not answer: the node may be lost. */
    void onUnreachable();

    /**
     * The session goes on at another node. The link has frozen it; its owner retires the link and
     * carries the session to a new one.
     */
    void onMove(MoveOrder order);

    /** The session ended. The last call. */
    void onClosed(CloseReason reason);
  }

  /** Starts the handshake. */
  void open();

  /** Queues a message; the array must not be changed afterwards. */
  SendResult send(Channel channel, byte[] message);

  /** The session, once the handshake is done. */
  Optional<Session> session();

  /** Says goodbye as well as it can and frees the socket; {@link Events#onClosed} may follow. */
  void close(int code, String text);

  /**
   * Ends without a word: the session goes on with another link, and until then keeps what is given
   * to {@link #send}.
   */
  void retire();

  /** Goes on with another socket at once; for tests and for those who know the network changed. */
  void replaceSocket();

  /** No socket while blocked, as without a network. For tests. */
  void block(boolean blocked);
}
