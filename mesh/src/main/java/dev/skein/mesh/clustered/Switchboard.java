package dev.skein.mesh.clustered;

import dev.skein.mesh.engine.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects this node with the others, one {@link Trunk} to each, and carries on one thread what
 * they bring. Of two nodes the one with the lower id calls. Any thread may call.
 */
final class Switchboard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);
  private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long TICK_MILLIS = 3;

  /** How long frames nobody waits for gather while they flow: less than a pack window. */
  static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);

  /**
   * A thread that is awake anyway does not leave the tick for later: so two nodes with a flow both
   * ways come to tick together, and what one sends wakes the other for both directions.
   */
  private static final long EARLY_NANOS = GATHER_NANOS / 2;

  private static final int ERRANDS_PER_TURN_COUNT = 64;
  private static final int GREETINGS_MAX_COUNT = 128;
  private static final long GREETING_LIMIT_MILLIS = 5_000;
  private static final int DIAL_LIMIT_MILLIS = 1_000;
  private static final long REDIAL_MILLIS = 100;
  private static final long DOOR_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long COMPLAINT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ClusterConfig config;
  private final LongAdder refused;
  private final Subscriber subscriber;
  private final Greeting greeting;
  private final Selector selector;
  private final ServerSocketChannel door;
  private final Thread thread;
  private final Queue<Runnable> errands = new ConcurrentLinkedQueue<>();
  private final Consumer<SelectionKey> onReady = this::onReady;
  private final AtomicBoolean awake = new AtomicBoolean();
  private final Map<UUID, Dial> wanted = new ConcurrentHashMap<>();
  private final Semaphore greetings = new Semaphore(GREETINGS_MAX_COUNT);

  /** Of its thread: connections with a flow of frames, which gather until the tick. */
  private final Set<Trunk> gathering = new LinkedHashSet<>();

  private long tickNanos;
  private volatile @Nullable UUID self;
  private volatile boolean closed;
  private long nextComplaintNanos = System.nanoTime();

  /** Who has the connections. */
  interface Subscriber {
    /** A node is connected, on any thread; nothing comes from it before {@link #listen}. */
    void onTrunk(Trunk trunk);

    /** On the switchboard's thread, when all that came was delivered. */
    void onBroken(Trunk trunk, IOException why);

    /**
     * Bytes of {@link Batch} came, on the switchboard's thread.
     *
     * @return how many were read; the others come again with those that follow
     */
    int onBytes(Trunk trunk, byte[] array, int length);
  }

  /**
   * Begins to listen.
   *
   * @param port if it is free, else any other
   * @param refused counts frames that found no room
   * @throws EngineException if it cannot
   */
  Switchboard(
      ClusterConfig config,
      InetAddress host,
      int port,
      Optional<SSLContext> tls,
      LongAdder refused,
      Subscriber subscriber) {
    this.config = config;
    this.refused = refused;
    this.subscriber = subscriber;
    this.greeting = new Greeting(tls);
    try {
      selector = Selector.open();
      door = open(host, port);
    } catch (IOException e) {
      throw new EngineException("cannot listen on " + host.getHostAddress(), e);
    }
    thread = Thread.ofPlatform().name("mesh-io").daemon().unstarted(this::run);
  }

  private static ServerSocketChannel open(InetAddress host, int port) throws IOException {
    ServerSocketChannel door = ServerSocketChannel.open();
    try {
      door.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return door.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      LOG.info("The mesh's connections come to another port than {}, which is in use", port);
      return door.bind(new InetSocketAddress(host, 0));
    }
  }

  void start() {
    thread.start();
    Thread.ofVirtual().name("mesh-trunk-door").start(this::admit);
  }

  /** Where the others' calls come in. */
  InetSocketAddress address() {
    return new InetSocketAddress(door.socket().getInetAddress(), door.socket().getLocalPort());
  }

  /** What the others know this node by from now on. */
  void named(UUID id) {
    self = id;
  }

  // --- Calling and being called ---

  /** Connects to a node unless it is the one that calls; tries until that is no more wanted. */
  void connect(UUID node, InetSocketAddress address) {
    UUID caller = Objects.requireNonNull(self);
    Dial dial = new Dial(caller, node, address);
    if (caller.compareTo(node) < 0 && wanted.putIfAbsent(node, dial) == null) {
      Thread.ofVirtual().name("mesh-trunk-dial").start(() -> tryOn(dial));
    }
  }

  void forget(UUID node) {
    wanted.remove(node);
  }

  /** A wish to be connected, which ends when it is fulfilled or withdrawn. */
  private static final class Dial {
    private final UUID caller;
    private final UUID node;
    private final InetSocketAddress address;

    private Dial(UUID caller, UUID node, InetSocketAddress address) {
      this.caller = caller;
      this.node = node;
      this.address = address;
    }
  }

  private void tryOn(Dial dial) {
    try {
      while (wanted.get(dial.node) == dial && !closed) {
        Optional<Conduit> conduit = call(dial);
        if (conduit.isEmpty()) {
          TimeUnit.MILLISECONDS.sleep(REDIAL_MILLIS);
        } else if (wanted.remove(dial.node, dial)) {
          connected(dial.node, conduit.get());
        } else {
          close(conduit.get().channel());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Conduit> call(Dial dial) {
    SocketChannel channel = null;
    try {
      channel = SocketChannel.open();
      channel.socket().connect(dial.address, DIAL_LIMIT_MILLIS);
      SocketChannel dialled = channel;
      return Optional.of(within(dialled, () -> greeting.call(dialled, dial.caller, dial.node)));
    } catch (IOException e) {
      LOG.debug("Cannot connect to the node at {} yet", dial.address, e);
      close(channel);
      return Optional.empty();
    }
  }

  private void admit() {
    while (!closed) {
      try {
        SocketChannel channel = door.accept();
        if (greetings.tryAcquire()) {
          Thread.ofVirtual().name("mesh-trunk-greeting").start(() -> hear(channel));
        } else {
          close(channel);
        }
      } catch (IOException e) {
        complain("a connection", e);
        // The process may have no file handles left just now.
        LockSupport.parkNanos(DOOR_PAUSE_NANOS);
      }
    }
  }

  private void hear(SocketChannel channel) {
    try {
      Greeting.Call call = within(channel, () -> greeting.hear(channel));
      if (!call.wanted().equals(self)) {
        close(channel); // for one that is gone
      } else {
        within(
            channel,
            () -> {
              greeting.answer(call);
              return call;
            });
        connected(call.caller(), call.conduit());
      }
    } catch (IOException e) {
      complain(String.valueOf(channel.socket().getRemoteSocketAddress()), e);
      close(channel);
    } finally {
      greetings.release();
    }
  }

  private void connected(UUID node, Conduit conduit) {
    try {
      conduit.channel().setOption(StandardSocketOptions.TCP_NODELAY, true);
      conduit.unblock();
      subscriber.onTrunk(new Trunk(node, conduit, this, config, refused));
    } catch (IOException e) {
      complain("a node", e);
      close(conduit.channel());
    }
  }

  private interface Exchange<T> {
    T make() throws IOException;
  }

  /** One who connects and says nothing is cut off after {@value #GREETING_LIMIT_MILLIS} ms. */
  private static <T> T within(SocketChannel channel, Exchange<T> exchange) throws IOException {
    Thread limit =
        Thread.ofVirtual()
            .name("mesh-greeting-limit")
            .start(() -> {
              try {
                TimeUnit.MILLISECONDS.sleep(GREETING_LIMIT_MILLIS);
                close(channel);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      return exchange.make();
    } finally {
      limit.interrupt();
    }
  }

  private synchronized void complain(String who, IOException why) {
    long now = System.nanoTime();
    if (!closed && now - nextComplaintNanos >= 0) {
      nextComplaintNanos = now + COMPLAINT_INTERVAL_NANOS;
      LOG.warn("Refused {} at the mesh's door: {}", who, why.getMessage());
    }
  }

  private static void close(@Nullable SocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.debug("Closing {}", channel, e);
    }
  }

  // --- The switchboard's thread ---

  boolean isItsThread() {
    return Thread.currentThread() == thread;
  }

  /** Has the thread run a task soon. */
  void execute(Runnable errand) {
    errands.add(errand);
    if (!isItsThread() && awake.compareAndSet(false, true)) {
      selector.wakeup();
    }
  }

  /** From now on this connection's frames come. */
  void listen(Trunk trunk) {
    execute(() -> attempt(trunk, () -> trunk.listen(selector)));
  }

  void inTurn(Trunk trunk) {
    execute(trunk::takeTurn);
  }

  /** A connection begins to gather; it ticks every {@link #GATHER_NANOS} while frames flow. */
  void inNextTick(Trunk trunk) {
    execute(() -> {
      if (gathering.isEmpty()) {
        tickNanos = System.nanoTime() + GATHER_NANOS;
      }
      gathering.add(trunk);
    });
  }

  private void tick(long nowNanos) {
    gathering.removeIf(trunk -> !trunk.tick());
    tickNanos = nowNanos + GATHER_NANOS;
  }

  void awaitRoom(Trunk trunk) {
    execute(() -> trunk.awaitRoom(selector));
  }

  void broken(Trunk trunk, IOException why) {
    execute(() -> subscriber.onBroken(trunk, why));
  }

  int deliver(Trunk trunk, byte[] array, int length) {
    return subscriber.onBytes(trunk, array, length);
  }

  /** The socket is gone when the selector knows that it is closed. */
  void hangUp(SocketChannel channel) {
    close(channel);
    execute(() -> {});
  }

  private void run() {
    try {
      while (!closed) {
        turn();
      }
    } catch (IOException e) {
      LOG.error("The mesh's connections ended", e);
    } finally {
      closeSelector();
    }
  }

  /** A method of its own: the loop around it is interpreted for minutes. */
  private void turn() throws IOException {
    awake.set(false);
    if (!errands.isEmpty()) {
      selector.selectNow(onReady);
    } else if (gathering.isEmpty()) {
      selector.select(onReady);
    } else {
      long leftMillis = Math.ceilDiv(tickNanos - System.nanoTime(), NANOS_PER_MILLI);
      selector.select(onReady, Math.max(1, leftMillis));
    }
    runErrands();
    long nowNanos = System.nanoTime();
    if (!gathering.isEmpty() && nowNanos - tickNanos >= -EARLY_NANOS) {
      tick(nowNanos);
    }
  }

  private void closeSelector() {
    try {
      selector.close();
    } catch (IOException e) {
      LOG.debug("Closing the selector", e);
    }
  }

  private void onReady(SelectionKey key) {
    Trunk trunk = (Trunk) key.attachment();
    attempt(trunk, () -> trunk.onReady(key));
  }

  private interface Step {
    void take() throws IOException;
  }

  private void attempt(Trunk trunk, Step step) {
    try {
      step.take();
    } catch (IOException e) {
      subscriber.onBroken(trunk, e);
    } catch (CancelledKeyException e) {
      LOG.debug("A connection was closed meanwhile", e);
    } catch (RuntimeException e) {
      LOG.error("A connection of the mesh failed", e);
      subscriber.onBroken(trunk, new IOException(e));
    }
  }

  private void runErrands() {
    Runnable errand;
    for (int i = 0; i < ERRANDS_PER_TURN_COUNT && (errand = errands.poll()) != null; i++) {
      errand.run();
    }
  }

  @Override
  public void close() {
    closed = true;
    wanted.clear();
    try {
      door.close();
    } catch (IOException e) {
      LOG.debug("Closing the mesh's door", e);
    }
    if (thread.getState() == Thread.State.NEW) {
      closeSelector();
    } else {
      selector.wakeup();
    }
  }
}
