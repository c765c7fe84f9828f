package dev.skein.client.session;

import dev.skein.client.Client;
import dev.skein.client.ClientEvent;
import dev.skein.client.Listeners;
import dev.skein.client.NotConnected;
import dev.skein.client.Subscription;
import dev.skein.protocol.Channel;
import dev.skein.protocol.party.PartyCmd;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.party.PartyReply;
import dev.skein.protocol.party.PartyRequest;
import dev.skein.protocol.room.LeaveReason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The sessions of one client: {@code Sessions.of(client).create("party")}. Any thread may call. A
 * client is in one session of a type at most. When its session with the server is lost for good,
 * and the server is gone rather than the client, the membership waits for the next login: the same
 * {@link Session} goes on if it comes in time; a client that logs in no more is out.
 */
public final class Sessions {
  private static final Logger LOG = System.getLogger(Sessions.class.getName());
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final Client client;
  private final Listeners<Consumer<Session>> entered = new Listeners<>();
  private final Listeners<Consumer<Invitation>> invited = new Listeners<>();
  private final Map<String, Session> joined = new ConcurrentHashMap<>();
  private final Object lock = new Object();
  private final Map<String, List<CompletableFuture<Session>>> waiting = new HashMap<>();
  private final Map<String, Session> exited = new HashMap<>();

  private Sessions(Client client) {
    this.client = client;
    for (int cmd = PartyCmd.ENTERED; cmd <= PartyCmd.MISSED; cmd++) {
      int number = cmd;
      client.onPush(PartyCmd.VER, number, payload -> onPush(number, payload));
    }
    client.onEvent(event -> {
      if (event instanceof ClientEvent.Disconnected) {
        lost();
      }
    });
  }

  /** The sessions of this client; the same object at every call. */
  public static Sessions of(Client client) {
    return client.extension(Sessions.class, Sessions::new);
  }

  // In

  /** Makes a session of a type by the server's terms and is its owner. */
  public CompletableFuture<Session> create(String type) {
    return create(type, 0, new byte[0]);
  }

  /** The same for so many members; 0: the server's default. */
  public CompletableFuture<Session> create(String type, int maxMembers, byte[] message) {
    return enter(new PartyRequest.Create(type, maxMembers, message));
  }

  /** Joins the session with this id. */
  public CompletableFuture<Session> join(String sessionId) {
    return join(sessionId, new byte[0]);
  }

  /** Joins the session with this id; the others get the message with the news. */
  public CompletableFuture<Session> join(String sessionId, byte[] message) {
    return enter(new PartyRequest.Join(sessionId, message));
  }

  /** Gives an invitation back; the members get the message with the news. */
  public CompletableFuture<Void> decline(String sessionId, byte[] message) {
    return call(client, new PartyRequest.Decline(sessionId, message), Channel.ordered(0))
        .thenAccept(nothing -> {});
  }

  // What is

  /** The sessions this client is in. */
  public List<Session> joined() {
    return List.copyOf(joined.values());
  }

  /** The session of this type, if this client is in one. */
  public Optional<Session> ofType(String type) {
    return Optional.ofNullable(joined.get(type));
  }

  /** The sessions this client is in, by the server's account: ids by type. */
  public CompletableFuture<Map<String, String>> list() {
    return call(client, new PartyRequest.ListOwn(), Channel.ordered(0))
        .thenApply(payload -> decoded(PartyReply.Own.decode(payload)).sessionIds());
  }

  /** This client came into a session, by its own call or by the server's. */
  public Subscription onEntered(Consumer<Session> listener) {
    return entered.add(listener);
  }

  /** Somebody asks this client in. */
  public Subscription onInvited(Consumer<Invitation> listener) {
    return invited.add(listener);
  }

  // How

  static CompletableFuture<byte[]> call(Client client, PartyRequest request, Channel channel) {
    return client.call(PartyCmd.VER, request.cmd(), request.encode(), channel, CALL_TIMEOUT);
  }

  static <R> R decoded(Optional<R> reply) {
    return reply.orElseThrow(() -> new IllegalStateException("the server's answer is malformed"));
  }

  /** The answer may come before the news of the entry, or after that of the exit. */
  private CompletableFuture<Session> enter(PartyRequest request) {
    return call(client, request, Channel.ordered(0))
        .thenCompose(payload -> {
          String id = decoded(PartyReply.Entry.decode(payload)).sessionId();
          CompletableFuture<Session> session = new CompletableFuture<>();
          synchronized (lock) {
            Optional<Session> known =
                joined.values().stream().filter(each -> each.id().equals(id)).findFirst();
            Session there = known.orElse(exited.get(id));
            if (there == null) {
              waiting.computeIfAbsent(id, unknown -> new ArrayList<>()).add(session);
            } else {
              session.complete(there);
            }
          }
          return session;
        });
  }

  private void onPush(int cmd, byte[] payload) {
    PartyEvent event = PartyEvent.decode(cmd, payload).orElse(null);
    switch (event) {
      case null -> LOG.log(Level.WARNING, "session push {0} is malformed", cmd);
      case PartyEvent.Entered news -> enter(news);
      case PartyEvent.Invited news -> {
        Invitation invitation =
            new Invitation(news.type(), news.sessionId(), news.uid(), news.message());
        invited.tell(listener -> listener.accept(invitation));
      }
      case PartyEvent.Exited news -> exit(news.type(), news.reason(), news.message());
      default -> ofType(event.type()).ifPresent(session -> session.mirror().on(event));
    }
  }

  /** The first news of a session; or, after a new login, what it is now. */
  private void enter(PartyEvent.Entered news) {
    Session known = joined.get(news.type());
    if (known != null && known.id().equals(news.sessionId())) {
      known.mirror().renew(news);
      return;
    }
    Session session = new Session(client, new SessionMirror(news));
    List<CompletableFuture<Session>> futures;
    synchronized (lock) {
      joined.put(news.type(), session);
      exited.remove(news.sessionId());
      futures = Optional.ofNullable(waiting.remove(news.sessionId())).orElse(List.of());
    }
    if (known != null) {
      known.mirror().exit(LeaveReason.DISCONNECTED, new byte[0]);
    }
    // The listeners first: who only learns of the session here misses nothing.
    entered.tell(listener -> listener.accept(session));
    futures.forEach(future -> future.complete(session));
  }

  private void exit(String type, LeaveReason reason, byte[] message) {
    Session session;
    synchronized (lock) {
      session = joined.remove(type);
      if (session != null) {
        exited.clear();
        exited.put(session.id(), session);
      }
    }
    if (session != null) {
      session.mirror().exit(reason, message);
    }
  }

  /** This login ended. Calls under way will not be answered; memberships may come back. */
  private void lost() {
    List<CompletableFuture<Session>> futures = new ArrayList<>();
    List<Session> left = List.of();
    synchronized (lock) {
      waiting.values().forEach(futures::addAll);
      waiting.clear();
      exited.clear();
      if (client.state() == Client.State.CLOSED) {
        left = List.copyOf(joined.values());
        joined.clear();
      }
    }
    left.forEach(session -> session.mirror().exit(LeaveReason.DISCONNECTED, new byte[0]));
    futures.forEach(future -> future.completeExceptionally(new NotConnected("the session ended")));
  }
}
