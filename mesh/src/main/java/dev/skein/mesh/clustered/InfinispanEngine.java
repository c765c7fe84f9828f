package dev.skein.mesh.clustered;

import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.clustered.Seeding.Look;
import dev.skein.mesh.clustered.Seeding.Outlook;
import dev.skein.mesh.clustered.Stack.Binding;
import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;
import dev.skein.mesh.engine.EngineStats;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins a cluster, and keeps trying; see {@link ClusteredEngine#open}. Any thread may call. */
final class InfinispanEngine implements Engine {
  private static final Logger LOG = LoggerFactory.getLogger(InfinispanEngine.class);
  private static final long RETRY_MILLIS = 250;
  private static final long BACKGROUND_RETRY_MILLIS = 1_000;
  private static final long REMINDER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ClusterConfig config;
  private final int protocolVersion;
  private final AtomicBoolean started = new AtomicBoolean();
  private final Traffic traffic;
  private final Stores stores;
  private final Vigil vigil;
  private volatile @Nullable Binding binding;
  private volatile @Nullable InetSocketAddress door;
  private volatile @Nullable Grid grid;
  private volatile boolean joined;
  private volatile boolean closed;
  private volatile @Nullable Thread joiner;
  private boolean nameIsTaken;
  private long nextReminderNanos = System.nanoTime();

  /**
   * @param protocolVersion {@link ClusterConfig#PROTOCOL_VERSION}, but in tests
   */
  InfinispanEngine(ClusterConfig config, int protocolVersion) {
    this.config = config;
    this.protocolVersion = protocolVersion;
    this.traffic = new Traffic(config);
    this.stores = new Stores(config, new Post(Batch.Kind.STORE, Outlet.Haste.POLITE));
    this.vigil = new Vigil(stores, new Post(Batch.Kind.SIGNAL, Outlet.Haste.PROMPT));
  }

  /** What the parts of the engine send to their like on other nodes. */
  private final class Post implements Stores.Post, Vigil.Post {
    private final Batch.Kind kind;
    private final Outlet.Haste haste;

    Post(Batch.Kind kind, Outlet.Haste haste) {
      this.kind = kind;
      this.haste = haste;
    }

    @Override
    public boolean send(String node, byte[] frame) {
      return traffic.send(kind, node, frame, haste);
    }

    @Override
    public String self() {
      return address();
    }

    @Override
    public Optional<String> nameOf(UUID id) {
      return traffic.nameOf(id);
    }
  }

  @Override
  public Store store(StoreOptions options, Store.Operator operator) {
    if (started.get()) {
      throw new IllegalStateException("the store " + options.name() + " is opened after start");
    }
    return stores.add(options, operator);
  }

  @Override
  public void start(Listener listener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("the mesh has started already");
    }
    Binding here = Bindings.of(config, protocolVersion);
    binding = here;
    long now = System.nanoTime();
    Seeding seeding = new Seeding(config, here, now);
    door = traffic.start(here, listener, stores, vigil);
    long patienceMillis = (long) config.seedPatienceMillis() * (seeding.rank() + 1);
    long endNanos = now + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    long nameEndNanos = now + TimeUnit.MILLISECONDS.toNanos(config.namePatienceMillis());
    try {
      while (!joins(here, seeding, nameEndNanos)) {
        if (!nameIsTaken && System.nanoTime() - endNanos >= 0) {
          traffic.onAlone();
          joiner = Thread.ofVirtual().name("mesh-join").start(() -> keepTrying(here, seeding));
          return;
        }
        TimeUnit.MILLISECONDS.sleep(nameIsTaken ? BACKGROUND_RETRY_MILLIS : RETRY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted while joining the cluster", e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void keepTrying(Binding here, Seeding seeding) {
    try {
      while (!closed) {
        TimeUnit.MILLISECONDS.sleep(BACKGROUND_RETRY_MILLIS);
        try {
          if (joins(here, seeding, System.nanoTime())) {
            LOG.info("Joined the cluster {} after all", config.cluster());
            return;
          }
        } catch (EngineException e) {
          remind("Cannot join the cluster " + config.cluster() + ": " + e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One attempt. False if another one makes sense. */
  private boolean joins(Binding here, Seeding seeding, long nameEndNanos) {
    Look look = seeding.look(System.nanoTime());
    // One look that finds nobody does not free a name that was taken a moment ago.
    nameIsTaken &= look.outlook() == Outlook.WAIT && System.nanoTime() - nameEndNanos < 0;
    if (look.outlook() == Outlook.WAIT) {
      remind("None of the seeds " + look.seeds() + " answers; this node waits for them");
      return false;
    }
    try {
      return joins(here, look, look.outlook() == Outlook.FORM_ALONE || !seeding.knows());
    } catch (EngineException e) {
      String reason = String.valueOf(e.getMessage());
      if (reason.startsWith(Admission.NAME_TAKEN)) {
        String text = reason.substring(Admission.NAME_TAKEN.length());
        if (System.nanoTime() - nameEndNanos < 0) {
          nameIsTaken = true;
          remind(text + "; waiting in case it has just died");
          return false;
        }
        throw new EngineException(text + "; every node needs a name of its own", e);
      }
      throw e;
    }
  }

  private boolean joins(Binding here, Look look, boolean mayBeAlone) {
    Views views = new Views(traffic::onView);
    Address self = NodeAddress.create(here.name(), Objects.requireNonNull(door));
    traffic.onAttempt(NodeAddress.idOf(self), mayBeAlone, views::endpointOf);
    Grid attempt;
    JChannel channel;
    try {
      channel =
          Stack.channel(
              config, here, self, look.seeds(), look.outlook() == Outlook.FORM_ALONE, views);
    } catch (Exception e) {
      throw new EngineException("cannot set up the mesh: " + e.getMessage(), e);
    }
    attempt = new Grid(config, here.name(), channel);
    attempt.connect();
    if (channel.getView().size() == 1 && !mayBeAlone) {
      attempt.close();
      remind(
          "Somebody listens at the seeds "
              + look.seeds()
              + " but is no node of the cluster "
              + config.cluster()
              + ", or is frozen, or has a secret and this node has none");
      return false;
    }
    grid = attempt;
    vigil.start();
    stores.open(attempt);
    joined = true;
    if (closed) {
      attempt.close();
    }
    return true;
  }

  private void remind(String text) {
    long now = System.nanoTime();
    if (now - nextReminderNanos >= 0) {
      nextReminderNanos = now + REMINDER_NANOS;
      LOG.warn("{}", text);
    }
  }

  @Override
  public String address() {
    Binding here = binding;
    if (here == null) {
      throw new IllegalStateException("the mesh has not started");
    }
    return here.name();
  }

  @Override
  public boolean isReady() {
    return joined && !closed && stores.areSettled();
  }

  @Override
  public boolean send(String address, byte[] frame, boolean reliable) {
    Outlet.Haste haste = reliable ? Outlet.Haste.PROMPT : Outlet.Haste.BEST_EFFORT;
    return traffic.send(Batch.Kind.MESH, address, frame, haste);
  }

  @Override
  public boolean sendGathered(String address, byte[] frame) {
    return traffic.send(Batch.Kind.MESH, address, frame, Outlet.Haste.GATHERED);
  }

  @Override
  public EngineStats stats() {
    return new EngineStats(
        traffic.refused(), traffic.malformed(), traffic.queuedBytes(), vigil.roundTripMicros());
  }

  /** True if all nodes of the cluster are in sight and have their shares of all stores. */
  boolean isWhole() {
    return joined && !closed && traffic.seesAll() && vigil.isWhole();
  }

  /** The nodes in sight, in the order they joined. */
  List<String> members() {
    return traffic.members();
  }

  /** For tests that send what engines do not. */
  boolean sendRaw(Batch.Kind kind, String node, byte[] frame) {
    return traffic.send(kind, node, frame, Outlet.Haste.PROMPT);
  }

  @Override
  public void close() {
    if (joined && !closed) {
      vigil.leave();
    }
    closed = true;
    vigil.close();
    Thread waiting = joiner;
    if (waiting != null) {
      waiting.interrupt();
    }
    traffic.close();
    stores.close();
    Grid there = grid;
    if (there != null) {
      there.close();
    }
    stores.closeFiles();
  }
}
