package dev.skein.client;

import dev.skein.client.dive.Storage;
import dev.skein.client.dm.DirectMessages;
import dev.skein.client.group.Groups;
import dev.skein.client.room.Rooms;
import dev.skein.client.session.Sessions;
import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.protocol.record.RecordCodec;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A user's connection to a server. Any thread may call; messages of one thread leave in the order
 * given. Handlers, events and the completions of futures run on the client's {@link ClientLoop},
 * where they must not block, or on the executor given to {@link ClientBuilder#callbacks}.
 *
 * <p>A lost connection is resumed by itself: the session goes on and no reliable message is lost or
 * doubled. If the server gave the session up, the client logs in anew by its {@link
 * ReconnectPolicy}; that is a new session, which {@link ClientEvent.Connected#again} says.
 */
public final class Client implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Client.class.getName());
  private static final byte[] NOTHING = {};

  private final ClientConfig config;
  private final Callbacks callbacks;
  private final Pushes pushes = new Pushes();
  private final CopyOnWriteArrayList<Consumer<ClientEvent>> listeners =
      new CopyOnWriteArrayList<>();
  private final Map<Class<?>, Object> extensions = new ConcurrentHashMap<>();
  private final Connection connection;

  /** Where a client stands. */
  public enum State {
    /** Built, {@link #connect()} was not called. */
    NEW,
    /** Logging in, for the first time or again. */
    CONNECTING,
    CONNECTED,
    /** The server is not heard; messages wait for the resume. */
    DETACHED,
    /** Waiting to log in again. */
    WAITING,
    CLOSED
  }

  Client(ClientConfig config) {
    this.config = config;
    this.callbacks = new Callbacks(config.callbacks(), this::handlersAreTooSlow);
    this.connection = new Connection(config, callbacks, pushes, this::tell);
  }

  /** Connects with the defaults; see {@link #builder} for everything else. */
  public static CompletableFuture<Client> connect(String http, String uid, Transport transport) {
    return builder().http(http).uid(uid).transport(transport).connect();
  }

  public static ClientBuilder builder() {
    return new ClientBuilder();
  }

  /**
   * Logs in and opens a session; completes with this client, or exceptionally with a {@link
   * ClientException}. A first login that fails is not tried again.
   *
   * @throws IllegalStateException if called twice
   */
  public CompletableFuture<Client> connect() {
    CompletableFuture<Client> connected = new CompletableFuture<>();
    connection.connect(failure ->
        callbacks.complete(() -> {
          if (failure.isPresent()) {
            connected.completeExceptionally(failure.get());
          } else {
            connected.complete(this);
          }
        }));
    return connected;
  }

  public String uid() {
    return config.uid();
  }

  public Transport transport() {
    return config.transport();
  }

  /** The current or last session, 32 hex digits; empty before the first. */
  public String sid() {
    return connection.sid();
  }

  public State state() {
    return connection.state();
  }

  /** The loop the client lives on. */
  public ClientLoop loop() {
    return config.loop();
  }

  /** Sends a command on ordered channel 0 and waits for its answer, up to the call timeout. */
  public CompletableFuture<byte[]> call(int ver, int cmd, byte[] payload) {
    return call(ver, cmd, payload, Channel.ordered(0), config.callTimeout());
  }

  /**
   * Sends a command; the payload must not be changed afterwards. The future completes with the
   * answer's payload, or exceptionally with {@link CommandFailed} (the server said BAD or ERR),
   * {@link CallTimedOut} or {@link NotConnected}. A command sent unreliably may be lost, and its
   * call then times out.
   *
   * @throws IllegalArgumentException if ver or cmd is out of range
   */
  public CompletableFuture<byte[]> call(
      int ver, int cmd, byte[] payload, Channel channel, Duration timeout) {
    return callWithin("", ver, cmd, payload, channel, timeout);
  }

  /**
   * The same for what means something in one session only, such as the number of a room: in any
   * other than the one with this sid it fails with {@link NotConnected} and nothing is sent.
   */
  public CompletableFuture<byte[]> callWithin(
      String sid, int ver, int cmd, byte[] payload, Channel channel, Duration timeout) {
    checkNumber(ver, cmd);
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    config.loop().inLoop(() -> connection.call(sid, ver, cmd, payload, channel, timeout, answer));
    return answer;
  }

  /** Sends a record and reads the answer as one. */
  public <R extends Record> CompletableFuture<R> call(
      int ver, int cmd, Record request, Class<R> answer) {
    RecordCodec<R> codec = RecordCodec.of(answer);
    return call(ver, cmd, RecordCodec.encodeRecord(request)).thenApply(codec::decode);
  }

  /**
   * Sends a command that wants no answer; the payload must not be changed afterwards. Errors the
   * server answers all the same go to {@link #onError}. One that cannot be taken (no session, full
   * send queue) is dropped and counted in {@link ClientStats#messagesRefused}.
   *
   * @throws IllegalArgumentException if ver or cmd is out of range
   */
  public void send(int ver, int cmd, byte[] payload, Channel channel) {
    sendWithin("", ver, cmd, payload, channel);
  }

  /** The same for what means something only in the session with this sid. */
  public void sendWithin(String sid, int ver, int cmd, byte[] payload, Channel channel) {
    checkNumber(ver, cmd);
    config.loop().inLoop(() -> connection.send(sid, ver, cmd, payload, channel));
  }

  /** The same on ordered channel 0. */
  public void send(int ver, int cmd, byte[] payload) {
    send(ver, cmd, payload, Channel.ordered(0));
  }

  /** The same for a record. */
  public void send(int ver, int cmd, Record payload, Channel channel) {
    send(ver, cmd, RecordCodec.encodeRecord(payload), channel);
  }

  /** Receives pushes of this number; several handlers may. */
  public Subscription onPush(int ver, int cmd, Consumer<byte[]> handler) {
    return onPush(ver, cmd, (channel, payload) -> handler.accept(payload));
  }

  /** The same with the channel it came on. */
  public Subscription onPush(int ver, int cmd, BiConsumer<Channel, byte[]> handler) {
    return onPushView(
        ver,
        cmd,
        (channel, buffer, offset, length) -> {
          byte[] payload =
              length == 0 ? NOTHING : Arrays.copyOfRange(buffer, offset, offset + length);
          callbacks.execute(() -> handler.accept(channel, payload));
        });
  }

  /** The same as a record; a push that is not one is logged and dropped. */
  public <R extends Record> Subscription onPush(
      int ver, int cmd, Class<R> type, Consumer<R> handler) {
    RecordCodec<R> codec = RecordCodec.of(type);
    return onPush(
        ver,
        cmd,
        payload -> {
          R value;
          try {
            value = codec.decode(payload);
          } catch (MalformedRecordException e) {
            LOG.log(Level.WARNING, "push " + ver + "/" + cmd + " is no " + type.getSimpleName(), e);
            return;
          }
          handler.accept(value);
        });
  }

  /** Receives pushes without a copy, always on the loop. */
  public Subscription onPushView(int ver, int cmd, PushView view) {
    checkNumber(ver, cmd);
    return pushes.add(ver, cmd, view);
  }

  /** Runs this where handlers run, and in turn with them. */
  public void inTurn(Runnable task) {
    config.loop().inLoop(() -> callbacks.executeEvent(task));
  }

  /** Receives everything that happens to the connection. */
  public Subscription onEvent(Consumer<ClientEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** A session began: the first, or a new one after the former was lost. */
  public Subscription onConnected(Consumer<ClientEvent.Connected> listener) {
    return on(ClientEvent.Connected.class, listener);
  }

  /** The server is not heard any more. */
  public Subscription onDetached(Runnable listener) {
    return on(ClientEvent.Detached.class, event -> listener.run());
  }

  /** The session goes on. */
  public Subscription onResumed(Runnable listener) {
    return on(ClientEvent.Resumed.class, event -> listener.run());
  }

  /** The server has moved the session to another node; nothing needs to be done. */
  public Subscription onMoved(Consumer<ClientEvent.Moved> listener) {
    return on(ClientEvent.Moved.class, listener);
  }

  /** The session ended. */
  public Subscription onDisconnected(Consumer<CloseReason> listener) {
    return on(ClientEvent.Disconnected.class, event -> listener.accept(event.reason()));
  }

  /** Receives errors of commands that were sent without waiting for an answer. */
  public Subscription onError(Consumer<CommandFailed> listener) {
    return connection.onError(listener);
  }

  /** Smoothed round-trip time; zero before the first measurement. May wait for the loop. */
  public Duration rtt() {
    return Duration.ofNanos(stats().session().smoothedRttNanos());
  }

  /** The counters; from another thread than the loop's it waits for a turn of the loop. */
  public ClientStats stats() {
    if (config.loop().isCurrent()) {
      return connection.stats();
    }
    CompletableFuture<ClientStats> stats = new CompletableFuture<>();
    config.loop().execute(() -> stats.complete(connection.stats()));
    return stats.join();
  }

  /** The rooms this user is in, and the way into others. */
  public Rooms rooms() {
    return Rooms.of(this);
  }

  /** The groups this user is in, and the way into others. */
  public Groups groups() {
    return Groups.of(this);
  }

  /** Direct messages to and from other users. */
  public DirectMessages directMessages() {
    return DirectMessages.of(this);
  }

  /** The sessions (parties) this user is in, and the way into others. */
  public Sessions sessions() {
    return Sessions.of(this);
  }

  /** A storage of the server's cluster that clients may use, whether it is there or not. */
  public Storage storage(String name) {
    return Storage.of(this, name);
  }

  /**
   * The one instance of something built on top of this client (rooms, a game's own API), created at
   * the first call.
   */
  public <T> T extension(Class<T> type, Function<Client, T> create) {
    return type.cast(extensions.computeIfAbsent(type, key -> create.apply(this)));
  }

  /** Says goodbye and ends the session; pending calls fail with {@link NotConnected}. */
  @Override
  public void close() {
    close(Code.NONE, "");
  }

  /** The same with a code and text for the server. */
  public void close(int code, String text) {
    try {
      config.loop().inLoop(() -> connection.close(code, text));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the loop was closed before its client", e);
    }
  }

  private void handlersAreTooSlow() {
    close(Code.SLOW_CONSUMER, "the client's handlers are too slow");
  }

  Connection connection() {
    return connection;
  }

  private void tell(ClientEvent event) {
    callbacks.executeEvent(
        () -> listeners.forEach(each -> ClientLoop.runSafely(() -> each.accept(event))));
  }

  private <E extends ClientEvent> Subscription on(Class<E> type, Consumer<E> listener) {
    return onEvent(event -> {
      if (type.isInstance(event)) {
        listener.accept(type.cast(event));
      }
    });
  }

  private static void checkNumber(int ver, int cmd) {
    if (ver < 0 || ver > 0xff || cmd < 0 || cmd > 0xffff) {
      throw new IllegalArgumentException("ver " + ver + ", cmd " + cmd + " is out of range");
    }
  }

  @Override
  public String toString() {
    return "Client[" + config.uid() + " over " + config.transport() + ", " + state() + "]";
  }
}
