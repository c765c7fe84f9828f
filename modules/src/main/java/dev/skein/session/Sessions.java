package dev.skein.session;

import dev.skein.module.Hooks;
import dev.skein.module.Malformed;
import dev.skein.server.Module;
import dev.skein.server.ModuleContext;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The Session module: {@code Server.builder().with(Sessions.module())}. Options and hooks are given
 * before the server starts, the same on every node; after that any thread of any node may make and
 * use sessions. Settings in the configuration's {@code modules.session} win over those given in
 * code.
 */
public final class Sessions implements Module {
  private final List<SessionHooks> hooks = new ArrayList<>();
  private final Map<String, SessionOptions> optionsByType = new HashMap<>();
  private SessionSettings settings = SessionSettings.DEFAULT;
  private @Nullable SessionNode node;
  private @Nullable Entrance entrance;

  private Sessions() {}

  /** A module with the production settings. */
  public static Sessions module() {
    return new Sessions();
  }

  /**
   * What holds for all sessions.
   *
   * @throws IllegalStateException after the server was built
   */
  public Sessions settings(SessionSettings wanted) {
    checkNotInstalled();
    settings = wanted;
    return this;
  }

  /**
   * Hooks of every session.
   *
   * @throws IllegalStateException after the server was built
   */
  public Sessions hooks(SessionHooks more) {
    checkNotInstalled();
    hooks.add(more);
    return this;
  }

  /**
   * What sessions of a type are made with when a client makes them.
   *
   * @throws IllegalStateException after the server was built
   */
  public Sessions type(SessionOptions options) {
    checkNotInstalled();
    optionsByType.put(options.type(), options);
    return this;
  }

  @Override
  public String name() {
    return "session";
  }

  @Override
  public void install(ModuleContext context) {
    checkNotInstalled();
    settings = settings.overriddenBy(context.settings());
    SessionNode installed =
        new SessionNode(
            context,
            settings,
            new Hooks<>("session", hooks),
            (user, asked) -> entrance().joinHere(user, asked));
    Entrance door = new Entrance(installed);
    node = installed;
    entrance = door;
    context.onUserNew(door::arrived);
    context.onUserDiscard(door::discarded);
    context.onUserMove(door);
    new SessionCommands(this).register(context, settings.exposeCommands());
  }

  // Any thread, after start

  /** Makes a session without members; it waits a minute, or its emptyTtl, for the first. */
  public CompletionStage<Session> create(SessionOptions options) {
    SessionNode here = node();
    if (!here.context().acceptsNewThings()) {
      return CompletableFuture.failedFuture(Refusal.noNewSessions());
    }
    String id = here.newId();
    return here.call(id, new Operation.Create(new Terms(id, options), ""))
        .thenApply(made -> new Session(here, id));
  }

  /** Makes a session with a user of this node as first member and owner. */
  public CompletionStage<Session> create(SessionOptions options, User owner, byte[] message) {
    return entrance().create(owner, options, message);
  }

  /** Lets a user of any node in; the others get the message with the news. */
  public CompletionStage<Void> join(String sessionId, String uid, byte[] message) {
    return entrance().bring(uid, sessionId, message);
  }

  /** The session with this id, if it is there. */
  public CompletionStage<Optional<Session>> find(String sessionId) {
    SessionNode here = node();
    return here.state(sessionId).thenApply(found -> found.map(there -> session(sessionId)));
  }

  /** The session with this id, whether it is there or not. */
  public Session session(String sessionId) {
    return new Session(node(), sessionId);
  }

  /** The sessions a user of any node is in, by type. */
  public CompletionStage<Map<String, Session>> of(String uid) {
    return node()
        .places(uid)
        .thenApply(ids -> {
          Map<String, Session> sessions = new HashMap<>();
          ids.forEach((type, id) -> sessions.put(type, session(id)));
          return sessions;
        });
  }

  /** Lets a user of any node out of every session it is in. */
  public CompletionStage<Void> leaveAll(String uid, byte[] message) {
    return of(uid)
        .thenCompose(sessions ->
            CompletableFuture.allOf(
                sessions.values().stream()
                    .map(session -> session.leave(uid, message).toCompletableFuture())
                    .toArray(CompletableFuture[]::new)));
  }

  // For the commands

  SessionNode node() {
    SessionNode installed = node;
    if (installed == null) {
      throw new IllegalStateException("the server was not built yet");
    }
    return installed;
  }

  Entrance entrance() {
    Entrance installed = entrance;
    if (installed == null) {
      throw new IllegalStateException("the server was not built yet");
    }
    return installed;
  }

  /** A client's wishes for a session, on top of what the server has for the type. */
  SessionOptions optionsFor(User maker, String type, int maxMembers) {
    SessionOptions known = optionsByType.get(type);
    SessionOptions.Builder wanted = (known == null ? settings.defaults() : known).toBuilder();
    try {
      wanted.type(type);
      if (maxMembers > 0) {
        wanted.maxMembers(maxMembers);
      }
      SessionOptions options = wanted.build();
      return node().hooks().rewrite(options, (hook, before) -> hook.beforeCreate(maker, before));
    } catch (IllegalArgumentException outOfRange) {
      throw Malformed.field(String.valueOf(outOfRange.getMessage()));
    }
  }

  private void checkNotInstalled() {
    if (node != null) {
      throw new IllegalStateException("the server was built already");
    }
  }
}
