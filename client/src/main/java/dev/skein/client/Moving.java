package dev.skein.client;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session's way to another node (PROTOCOL §11): the former link holds what is sent meanwhile, the
 * next one makes its handshake and goes on with it. Afterwards the events of the next link pass
 * through. Confined to the loop.
 */
final class Moving implements Link.Events {
  private final Connection connection;
  private final Link former;
  private final ClientConfig config;
  private @Nullable Link next;
  private @Nullable Endpoint there;
  private @Nullable CloseReason goodbye;

  /** The next link is the client's; otherwise nobody is to hear of it. */
  private boolean adopted;

  Moving(Connection connection, Link former, ClientConfig config) {
    this.connection = connection;
    this.former = former;
    this.config = config;
  }

  /** Begins the handshake with the other node. */
  void open(Endpoint endpoint) {
    there = endpoint;
    Link opening = Links.create(endpoint, config, this::carried, this);
    next = opening;
    opening.open();
  }

  /** Empty if the session has ended meanwhile; then nobody wants the new link either. */
  private Optional<SessionState> carried() {
    return former
        .session()
        .filter(session -> session.state() != Session.State.CLOSED)
        .map(Session::freeze);
  }

  /** The client was closed: says goodbye there, as nobody listens here any more. */
  void closeOnArrival(int code, String text) {
    goodbye = new CloseReason(code, text, false);
  }

  @Override
  public void onOpen() {
    Link arrived = next;
    Endpoint at = there;
    if (arrived == null || at == null) {
      throw new IllegalStateException("no link was opened");
    }
    if (goodbye != null) {
      arrived.close(goodbye.code(), goodbye.text());
    } else {
      adopted = connection.moved(this, arrived, at);
    }
  }

  @Override
  public void onOpenFailed(ConnectFailed why) {
    connection.moveFailed(this, why);
  }

  @Override
  public void onMessage(Channel channel, byte[] buffer, int offset, int length) {
    if (adopted) {
      connection.onMessage(channel, buffer, offset, length);
    }
  }

  @Override
  public void onDetached() {
    if (adopted) {
      connection.onDetached();
    }
  }

  @Override
  public void onResumed() {
    if (adopted) {
      connection.onResumed();
    }
  }

  @Override
  public void onUnreachable() {
    if (adopted) {
      connection.onUnreachable();
    }
  }

  @Override
  public void onMove(MoveOrder order) {
    if (adopted) {
      connection.onMove(order);
    }
  }

  @Override
  public void onClosed(CloseReason reason) {
    if (adopted) {
      connection.onClosed(reason);
    }
  }
}
