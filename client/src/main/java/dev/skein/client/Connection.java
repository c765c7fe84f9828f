package dev.skein.client;

import dev.skein.client.Client.State;
import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionStats;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's way from login to login: which link it has, what waits for an answer, when it tries
 * again. Confined to the loop but for {@link #connect}, {@link #state} and {@link #sid}.
 */
final class Connection implements Link.Events {
  /** After these the server does not want the client back, or the client does not want to be. */
  private static final Set<Integer> FINAL_CODES =
      Set.of(
          Code.NONE,
          Code.REPLACED,
          Code.KICKED,
          Code.UNAUTHORIZED,
          Code.MALFORMED,
          Code.UNSUPPORTED_VERSION);

  private static final SessionStats NO_STATS = new SessionStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final ClientConfig config;
  private final ClientLoop loop;
  private final Callbacks callbacks;
  private final Calls calls;
  private final Inbox inbox;
  private final LostNodeInquiry inquiry;
  private final Consumer<ClientEvent> events;
  private final CopyOnWriteArrayList<Consumer<CommandFailed>> errorListeners =
      new CopyOnWriteArrayList<>();
  private final Deadline nextAttempt =
      new Deadline() {
        @Override
        void onDue(long nowNanos) {
          login();
        }
      };

  private volatile State state = State.NEW;
  private volatile String sid = "";
  private Consumer<Optional<ClientException>> connected = outcome -> {};
  private @Nullable Link link;
  private @Nullable Endpoint endpoint;
  private @Nullable Moving moving;
  private SessionStats lastStats = NO_STATS;
  private int attempt;
  private long connects;
  private long resumes;
  private long moves;
  private long messagesRefused;

  Connection(
      ClientConfig config, Callbacks callbacks, Pushes pushes, Consumer<ClientEvent> events) {
    this.config = config;
    this.loop = config.loop();
    this.callbacks = callbacks;
    this.calls = new Calls(loop.deadlines(), callbacks::complete, config.callsPendingMax());
    this.inbox = new Inbox(calls, pushes, this::onUnawaitedError);
    this.events = events;
    this.inquiry = new LostNodeInquiry(config, this::onNodeLost);
  }

  State state() {
    return state;
  }

  String sid() {
    return sid;
  }

  /** Logs in for the first time; {@code outcome} is told once, on the loop. */
  void connect(Consumer<Optional<ClientException>> outcome) {
    synchronized (this) {
      if (state != State.NEW) {
        throw new IllegalStateException("connect was called before");
      }
      state = State.CONNECTING;
    }
    loop.inLoop(() -> {
      if (state == State.CLOSED) {
        outcome.accept(Optional.of(new NotConnected("closed before it connected")));
      } else {
        connected = outcome;
        login();
      }
    });
  }

  /** Within the session with this sid; empty: whichever there is. */
  void call(
      String within,
      int ver,
      int cmd,
      byte[] payload,
      Channel channel,
      Duration timeout,
      CompletableFuture<byte[]> answer) {
    Link current = link;
    if (current == null || !usable(within)) {
      refuse(
          answer, new NotConnected(usable() ? "the session has ended" : "the client is " + state));
      return;
    }
    if (calls.full()) {
      refuse(answer, new NotConnected(Code.TOO_MANY, calls.pending() + " calls wait for answers"));
      return;
    }
    long id = calls.add(ver, cmd, timeout, answer, loop.nowNanos());
    SendResult result;
    try {
      result = current.send(channel, CommandWire.command(id, ver, cmd, payload));
    } catch (IllegalArgumentException e) {
      // A channel the session does not have.
      calls.forget(id);
      callbacks.complete(() -> answer.completeExceptionally(e));
      return;
    }
    if (result != SendResult.ACCEPTED) {
      messagesRefused++;
      int code = result == SendResult.TOO_LARGE ? Code.TOO_LARGE : Code.TOO_MANY;
      calls.fail(id, new NotConnected(code, "the command was not sent: " + result));
    }
  }

  void send(String within, int ver, int cmd, byte[] payload, Channel channel) {
    Link current = link;
    if (current == null
        || !usable(within)
        || current.send(channel, CommandWire.command(0, ver, cmd, payload))
            != SendResult.ACCEPTED) {
      messagesRefused++;
    }
  }

  Subscription onError(Consumer<CommandFailed> listener) {
    errorListeners.add(listener);
    return () -> errorListeners.remove(listener);
  }

  void close(int code, String text) {
    if (state == State.CLOSED) {
      return;
    }
    State before = state;
    state = State.CLOSED;
    loop.deadlines().remove(nextAttempt);
    inquiry.end();
    CloseReason reason = new CloseReason(code, text, false);
    Link current = link;
    Moving way = moving;
    if (current != null) {
      keepStats(current);
      link = null;
      moving = null;
      if (way == null) {
        current.close(code, text);
      } else {
        way.closeOnArrival(code, text);
      }
    }
    calls.failAll(new NotConnected(code, "the client was closed"));
    tellConnected(Optional.of(new NotConnected(code, "the client was closed")));
    if (before != State.NEW) {
      events.accept(new ClientEvent.Disconnected(reason, false));
    }
  }

  ClientStats stats() {
    if (link != null) {
      keepStats(link);
    }
    return new ClientStats(
        lastStats,
        connects,
        resumes,
        moves,
        calls.pending(),
        calls.timedOut(),
        messagesRefused,
        inbox.pushesUnhandled(),
        inbox.messagesMalformed());
  }

  Optional<Link> link() {
    return Optional.ofNullable(link);
  }

  @Override
  public void onOpen() {
    state = State.CONNECTED;
    attempt = 0;
    connects++;
    events.accept(new ClientEvent.Connected(sid, connects > 1));
    tellConnected(Optional.empty());
  }

  @Override
  public void onOpenFailed(ConnectFailed why) {
    link = null;
    loginFailed(why);
  }

  @Override
  public void onMessage(Channel channel, byte[] buffer, int offset, int length) {
    inquiry.end();
    inbox.onMessage(channel, buffer, offset, length);
  }

  @Override
  public void onDetached() {
    if (state == State.CONNECTED) {
      state = State.DETACHED;
      events.accept(new ClientEvent.Detached());
    }
  }

  @Override
  public void onResumed() {
    inquiry.end();
    resumes++;
    if (state == State.DETACHED) {
      state = State.CONNECTED;
      events.accept(new ClientEvent.Resumed());
    }
  }

  @Override
  public void onUnreachable() {
    Endpoint node = endpoint;
    if (link != null && node != null && moving == null) {
      inquiry.begin(node);
    }
  }

  private void onNodeLost() {
    Link of = link;
    if (of != null) {
      of.retire();
      onClosed(new CloseReason(Code.IDLE, "the node is lost", false));
    }
  }

  @Override
  public void onMove(MoveOrder order) {
    inquiry.end();
    Link former = link;
    Endpoint here = endpoint;
    if (former == null || here == null) {
      return;
    }
    former.retire();
    Moving way = new Moving(this, former, config);
    moving = way;
    if (!order.carrier().name().equals(config.transport().name())) {
      moveFailed(way, new ConnectFailed(Code.MALFORMED, "told to move to " + order));
      return;
    }
    String host = order.host().isEmpty() ? here.address().getHostString() : order.host();
    loop.entry()
        .resolve(
            host,
            order.port(),
            address -> way.open(new Endpoint(address, sid, order.ticket(), order.key())),
            failure -> moveFailed(way, failure));
  }

  /** The session goes on with this link; false if it has ended meanwhile. */
  boolean moved(Moving way, Link next, Endpoint there) {
    if (way != moving) {
      next.close(Code.NONE, "");
      return false;
    }
    if (link != null) {
      keepStats(link);
    }
    moving = null;
    link = next;
    endpoint = there;
    state = State.CONNECTED;
    moves++;
    events.accept(
        new ClientEvent.Moved(there.address().getHostString(), there.address().getPort()));
    return true;
  }

  /** The other node did not take the session on: it is lost, and the client logs in anew. */
  void moveFailed(Moving way, ClientException why) {
    if (way == moving) {
      onClosed(new CloseReason(Code.IDLE, "could not move: " + why.getMessage(), false));
    }
  }

  @Override
  public void onClosed(CloseReason reason) {
    Link ended = link;
    if (ended == null) {
      return;
    }
    keepStats(ended);
    inquiry.end();
    link = null;
    moving = null;
    calls.failAll(new NotConnected(reason.code(), "the session ended: " + reason));
    boolean again = !FINAL_CODES.contains(reason.code()) && config.reconnect().attemptsMax() > 0;
    if (again) {
      waitForNextAttempt();
    } else {
      state = State.CLOSED;
    }
    events.accept(new ClientEvent.Disconnected(reason, again));
  }

  private void login() {
    state = State.CONNECTING;
    loop.entry().login(config, this::open, this::loginFailed);
  }

  private void open(Endpoint there) {
    if (state != State.CONNECTING) {
      return;
    }
    sid = there.sid();
    endpoint = there;
    Link opening = Links.create(there, config, Optional::empty, this);
    link = opening;
    opening.open();
  }

  private void loginFailed(ClientException why) {
    if (state != State.CONNECTING) {
      return;
    }
    boolean first = connects == 0;
    boolean refused = isFinal(why);
    if (!first && !refused && attempt < config.reconnect().attemptsMax()) {
      waitForNextAttempt();
      return;
    }
    state = State.CLOSED;
    tellConnected(Optional.of(why));
    if (!first) {
      events.accept(
          new ClientEvent.Disconnected(
              new CloseReason(Code.UNAUTHORIZED, String.valueOf(why.getMessage()), refused),
              false));
    }
  }

  /** A refusal that another attempt would only hear again. */
  private static boolean isFinal(ClientException why) {
    return switch (why) {
      case LoginRefused login -> login.httpStatus() == 400 || login.httpStatus() == 401;
      case ConnectFailed failed -> failed.code() == Code.UNSUPPORTED_VERSION;
      case CallTimedOut call -> false;
      case CommandFailed command -> false;
      case NotConnected notConnected -> false;
    };
  }

  private void waitForNextAttempt() {
    state = State.WAITING;
    long delayMillis = config.reconnect().delayMillis(attempt++, ThreadLocalRandom.current());
    loop.deadlines().set(nextAttempt, loop.nowNanos() + TimeUnit.MILLISECONDS.toNanos(delayMillis));
  }

  private boolean usable(String within) {
    return usable() && (within.isEmpty() || within.equals(sid));
  }

  private boolean usable() {
    return state == State.CONNECTED || state == State.DETACHED;
  }

  private void keepStats(Link of) {
    of.session().map(Session::stats).ifPresent(stats -> lastStats = stats);
  }

  private void tellConnected(Optional<ClientException> failure) {
    Consumer<Optional<ClientException>> outcome = connected;
    connected = ignored -> {};
    outcome.accept(failure);
  }

  private void refuse(CompletableFuture<byte[]> answer, NotConnected why) {
    messagesRefused++;
    callbacks.complete(() -> answer.completeExceptionally(why));
  }

  private void onUnawaitedError(CommandFailed error) {
    callbacks.execute(
        () -> errorListeners.forEach(each -> ClientLoop.runSafely(() -> each.accept(error))));
  }
}
