package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.server.config.Settings.DuplicateLogin;
import dev.skein.server.transport.Connection;
import dev.skein.server.transport.ConnectionEvents;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** The users of a node, one per uid. Any thread may look; each changes on its own shard. */
final class Users implements ConnectionEvents {
  private final Map<String, ConnectedUser> byUid = new ConcurrentHashMap<>();
  private final Dispatch dispatch;
  private final UserHooks hooks;
  private final Limits limits;
  private final DuplicateLogin duplicateLogin;
  private final Mesh mesh;
  private final RateLimitedLog log;
  private final AtomicInteger detached = new AtomicInteger();
  private final Metrics.Counter replaced;
  private volatile UidRegister register = UidRegister.ALONE;

  Users(
      Dispatch dispatch,
      UserHooks hooks,
      Limits limits,
      DuplicateLogin duplicateLogin,
      Mesh mesh,
      Metrics metrics,
      InstantSource clock) {
    this.dispatch = dispatch;
    this.hooks = hooks;
    this.limits = limits;
    this.duplicateLogin = duplicateLogin;
    this.mesh = mesh;
    this.log = new RateLimitedLog(LoggerFactory.getLogger("dev.skein.server.users"), clock);
    this.replaced = metrics.counter("skein.users.replaced", "Sessions ended by a second login");
    metrics.gauge("skein.ccu", "Connected users", byUid::size);
    metrics.gauge("skein.users.detached", "Users who may resume", detached::doubleValue);
  }

  /** Where uids are claimed; set before the node listens. */
  void register(UidRegister value) {
    register = value;
  }

  UidRegister register() {
    return register;
  }

  int count() {
    return byUid.size();
  }

  Optional<User> find(String uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  boolean isConnected(String uid) {
    return byUid.containsKey(uid);
  }

  /** A view of all users; weakly consistent. */
  Collection<User> all() {
    return Collections.unmodifiableCollection(byUid.values());
  }

  /** The same for the server itself. */
  Collection<ConnectedUser> connected() {
    return byUid.values();
  }

  boolean hasSession(String uid, String sid) {
    ConnectedUser user = byUid.get(uid);
    return user != null && user.sid().equals(sid);
  }

  /**
   * Ends a session because the uid has logged in on another node.
   *
   * @return true when it has ended, false if there is no such session
   */
  CompletionStage<Boolean> endSession(String uid, String sid) {
    ConnectedUser user = byUid.get(uid);
    if (user == null || !user.sid().equals(sid)) {
      return CompletableFuture.completedFuture(false);
    }
    replaced.increment();
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    user.shard().execute(() -> user.replaceBy(() -> ended.complete(true)));
    return ended;
  }

  /** True if a second login of a connected uid is refused. */
  boolean refusesSecondLogin() {
    return duplicateLogin == DuplicateLogin.REFUSE;
  }

  /** PROTOCOL §4: what REFUSE or a busy node says, before anything is allocated. Any thread. */
  public int admit(Identity identity) {
    if (!mesh.self().acceptsUsers() || !mesh.isReady()) {
      return Code.FULL;
    }
    return refusesSecondLogin() && isConnected(identity.uid()) ? Code.REPLACED : Code.NONE;
  }

  @Override
  public Events onOpen(Connection connection, Identity identity) throws Refused {
    if (!mesh.self().acceptsUsers()) {
      throw new Refused(Code.FULL, "the node takes no new users");
    }
    ConnectedUser user = new ConnectedUser(this, connection, identity);
    ConnectedUser former;
    if (refusesSecondLogin()) {
      if (byUid.putIfAbsent(identity.uid(), user) != null) {
        throw new Refused(Code.REPLACED, "the uid is connected");
      }
      former = null;
    } else {
      former = byUid.put(identity.uid(), user);
    }
    announceCount();
    if (former == null) {
      // Hooks may send or disconnect, so they run when the transport knows the user.
      connection.shard().schedule(user::claim, 0);
    } else {
      replaced.increment();
      Runnable next = () -> user.shard().execute(user::claim);
      former.shard().execute(() -> former.replaceBy(next));
    }
    return user;
  }

  Dispatch dispatch() {
    return dispatch;
  }

  Limits limits() {
    return limits;
  }

  void opened(ConnectedUser user) {
    for (var hook : hooks.onNew) {
      guarded(() -> hook.accept(user));
    }
  }

  void keptAlive(ConnectedUser user) {
    for (var hook : hooks.onKeepAlive) {
      guarded(() -> hook.accept(user));
    }
  }

  void detached(int by) {
    detached.addAndGet(by);
  }

  /**
   * Takes in a user who comes from another node; false if its uid is connected here or the node
   * takes no users.
   */
  boolean expect(ConnectedUser user) {
    if (!mesh.self().acceptsUsers() || byUid.putIfAbsent(user.uid(), user) != null) {
      return false;
    }
    announceCount();
    register.moved(user);
    return true;
  }

  /** The user lives on another node now. */
  void departed(ConnectedUser user) {
    byUid.remove(user.uid(), user);
    announceCount();
  }

  /** What modules keep with users and send along. */
  List<UserHooks.Parcelling> travellers() {
    return hooks.travellers;
  }

  void closed(ConnectedUser user, CloseReason reason, boolean wasOpen) {
    byUid.remove(user.uid(), user);
    announceCount();
    if (wasOpen) {
      for (var hook : hooks.onDiscard) {
        guarded(() -> hook.accept(user, reason));
      }
    }
  }

  /** Reads the count within the update, so that the last update has the last count. */
  private void announceCount() {
    mesh.update(self -> self.withCcu(count()));
  }

  private void guarded(Runnable hook) {
    try {
      hook.run();
    } catch (RuntimeException e) {
      log.warn("A user hook failed", e);
    }
  }
}
