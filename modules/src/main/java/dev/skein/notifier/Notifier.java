package dev.skein.notifier;

import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.Topic;
import dev.skein.module.SettingValue;
import dev.skein.server.Module;
import dev.skein.server.ModuleContext;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Notifier module: {@code Server.builder().with(Notifier.module().service("news",
 * Duration.ofSeconds(60), source))}. Services are given before the server starts, the same on every
 * node that has users to be told; a node whose only role is HTTP takes no turn. Delivery is at most
 * once for each user and id.
 */
public final class Notifier implements Module {
  private static final Duration INTERVAL_MIN = Duration.ofMillis(100);
  private static final Duration INTERVAL_MAX = Duration.ofDays(1);
  private static final long DEFAULT_MEMORY_MILLIS = 3_600_000;

  private final Map<String, Plan> plans = new LinkedHashMap<>();
  private final Map<String, Service> services = new ConcurrentHashMap<>();
  private final Set<User> users = ConcurrentHashMap.newKeySet();
  private long memoryMillis = DEFAULT_MEMORY_MILLIS;
  private boolean installed;

  /** When whom to ask. */
  record Plan(Duration interval, NotificationSource source) {}

  private Notifier() {}

  /** A module without services. */
  public static Notifier module() {
    return new Notifier();
  }

  /**
   * A service that asks its source at an interval, on one node of the cluster at a time.
   *
   * @param name 1 to 64 bytes; the same on every node
   * @param interval 100 ms to a day
   * @throws IllegalArgumentException if the name is taken or too long, or the interval out of range
   * @throws IllegalStateException after the server was built
   */
  public Notifier service(String name, Duration interval, NotificationSource source) {
    checkNotInstalled();
    int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (nameBytes < 1 || nameBytes > 64) {
      throw new IllegalArgumentException("name '" + name + "' is not 1 to 64 bytes long");
    }
    if (interval.compareTo(INTERVAL_MIN) < 0 || interval.compareTo(INTERVAL_MAX) > 0) {
      throw new IllegalArgumentException(
          "interval " + interval + " is not within " + INTERVAL_MIN + " to " + INTERVAL_MAX);
    }
    if (plans.putIfAbsent(name, new Plan(interval, source)) != null) {
      throw new IllegalArgumentException("there is a service '" + name + "' already");
    }
    return this;
  }

  /**
   * How long an id is remembered after its ttl: said again meanwhile, nobody gets it; default an
   * hour.
   *
   * @throws IllegalStateException after the server was built
   */
  public Notifier memory(Duration time) {
    checkNotInstalled();
    memoryMillis = checkedMemory(time.toMillis());
    return this;
  }

  @Override
  public String name() {
    return "notifier";
  }

  @Override
  public void install(ModuleContext context) {
    checkNotInstalled();
    installed = true;
    context.settings().forEach(this::apply);
    Service.Stores stores =
        new Service.Stores(
            context.mesh().store(StoreOptions.named("notifier"), new BoardOperator()),
            context.mesh().store(StoreOptions.named("notifier.seen"), new SeenOperator()),
            context.mesh().topic("notifier", new Hints()));
    Service.Counters counters = Service.Counters.of(context.metrics());
    plans.forEach((name, plan) ->
        services.put(
            name,
            new Service(name, plan, memoryMillis, context, stores, this::usersHere, counters)));
    context.onUserNew(this::arrived);
    context.onUserDiscard((user, reason) -> users.remove(user));
    context.onUserMove(new Moving());
    services.values().forEach(Service::start);
  }

  private void apply(String key, String text) {
    SettingValue value = new SettingValue("notifier", key, text);
    if (!key.equals("memoryMillis")) {
      throw value.unknown();
    }
    try {
      memoryMillis = checkedMemory(value.number());
    } catch (IllegalArgumentException outOfRange) {
      throw value.outOfRange(outOfRange);
    }
  }

  private static long checkedMemory(long millis) {
    if (millis < 0 || millis > Duration.ofDays(30).toMillis()) {
      throw new IllegalArgumentException("memoryMillis " + millis + " is not within 0 to 30 days");
    }
    return millis;
  }

  private Collection<User> usersHere() {
    return users;
  }

  private void arrived(User user) {
    users.add(user);
    services.values().forEach(service -> service.arrived(user));
  }

  private void checkNotInstalled() {
    if (installed) {
      throw new IllegalStateException("the server was built already");
    }
  }

  /** Other nodes say which service has something new. */
  private final class Hints implements Topic.Handler {
    @Override
    public void onMessage(String sender, byte[] message) {
      Service service = services.get(new String(message, StandardCharsets.UTF_8));
      if (service != null) {
        service.hint();
      }
    }

    @Override
    public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException("nothing is asked about notifications"));
    }
  }

  /** What a user has had is known to the cluster; only the user itself moves. */
  private final class Moving implements Traveller {
    private static final byte[] ALONG = {1};

    @Override
    public byte[] pack(User user) {
      users.remove(user);
      return ALONG;
    }

    @Override
    public void unpack(User user, byte[] packed) {
      arrived(user);
    }
  }
}
