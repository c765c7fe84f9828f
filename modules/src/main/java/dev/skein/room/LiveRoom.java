package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.server.CommandException;
import dev.skein.server.Responder;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A room on its shard: lets state, hooks and timers meet. {@link #call} and {@link #post} may be
 * called by any thread; the operations in them are confined to the shard and run one after the
 * other, also when one is asked for within another (by a hook, or because sending ended a session).
 */
final class LiveRoom implements Venue {
  private static final Logger log = LoggerFactory.getLogger(LiveRoom.class);
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final byte[] NOTHING = {};

  private final Directory.Name name;
  private final RoomOptions options;
  private final Shard shard;
  private final LongSupplier wallClock;
  private final Surroundings surroundings;
  private final HookChain hooks;
  private final WideAudience audience;
  private final RoomState state;
  private final Ticks ticks;
  private final Room face;
  private final long createdAtMillis;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private final AtomicInteger claims = new AtomicInteger();
  private volatile boolean registered;
  private volatile boolean closed;
  private boolean busy;
  private long armedForMillis = Long.MAX_VALUE;
  private Shard.@Nullable Timer timer;

  LiveRoom(
      Directory.Name name,
      RoomOptions options,
      Shard shard,
      LongSupplier wallClock,
      HookChain hooks,
      Surroundings surroundings) {
    this.name = name;
    this.options = options;
    this.shard = shard;
    this.wallClock = wallClock;
    this.hooks = hooks;
    this.surroundings = surroundings;
    this.registered = options.registered();
    this.createdAtMillis = wallClock.getAsLong();
    this.ticks = new Ticks(shard, options.ticksMaxCount());
    this.face = new Room(this);
    this.audience = new WideAudience(this, surroundings);
    this.state =
        new RoomState(
            name.number(),
            name.id(),
            options,
            audience,
            changes -> later(() -> hooks.objectsChanged(face, changes)),
            nowMillis());
  }

  // Any thread

  @Override
  public String id() {
    return name.id();
  }

  @Override
  public int number() {
    return name.number();
  }

  RoomOptions options() {
    return options;
  }

  Shard shard() {
    return shard;
  }

  Room face() {
    return face;
  }

  HookChain hooks() {
    return hooks;
  }

  Ticks ticks() {
    return ticks;
  }

  RoomState state() {
    return state;
  }

  long createdAtMillis() {
    return createdAtMillis;
  }

  boolean isRegistered() {
    return registered && !closed;
  }

  boolean isClosed() {
    return closed;
  }

  /** Places that are neither taken nor reserved. */
  int freePlaces() {
    Roster roster = state.roster();
    return closed ? 0 : options.maxMembers() - roster.members().size() - roster.reserved();
  }

  /** Holds a free place for a join that is on its way, which gives it back by {@link #unclaim}. */
  boolean claim() {
    if (claims.incrementAndGet() > freePlaces()) {
      claims.decrementAndGet();
      return false;
    }
    return true;
  }

  void unclaim() {
    claims.decrementAndGet();
  }

  /** Runs the operation on the shard, in turn; what it throws or returns completes the future. */
  <T> CompletableFuture<T> call(Supplier<T> operation) {
    CompletableFuture<T> done = new CompletableFuture<>();
    shard.execute(() ->
        enter(() -> {
          try {
            if (closed) {
              throw Refusal.closed();
            }
            done.complete(operation.get());
          } catch (CommandException refused) {
            done.completeExceptionally(refused);
          } catch (RuntimeException failed) {
            log.error("an operation of room {} failed", id(), failed);
            done.completeExceptionally(failed);
          }
        }));
    return done;
  }

  /** The same for operations nobody waits for. */
  void post(Runnable operation) {
    shard.execute(() -> enter(operation));
  }

  // The shard: one operation after the other

  private void enter(Runnable operation) {
    if (busy) {
      waiting.addLast(operation);
      return;
    }
    busy = true;
    run(operation);
    finishTurn();
  }

  /** Runs what was asked for meanwhile, ends the room if it is over, and sets the timer. */
  private void finishTurn() {
    do {
      for (Runnable next = waiting.pollFirst(); next != null; next = waiting.pollFirst()) {
        run(next);
      }
      closeIfOver();
    } while (!waiting.isEmpty());
    busy = false;
    arm();
  }

  private void closeIfOver() {
    if (!closed && state.isOver(nowMillis())) {
      run(() -> close(NOTHING));
    }
  }

  private void run(Runnable operation) {
    try {
      operation.run();
    } catch (RuntimeException failed) {
      log.error("an operation of room {} failed", id(), failed);
    }
  }

  /** Runs after the operation that is under way. */
  private void later(Runnable hook) {
    waiting.addLast(hook);
  }

  private void arm() {
    long nextMillis = closed ? Long.MAX_VALUE : state.nextDeadlineMillis();
    if (nextMillis >= armedForMillis) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    armedForMillis = nextMillis;
    timer = shard.schedule(() -> enter(this::onTimer), Math.max(0, nextMillis - nowMillis()));
  }

  private void onTimer() {
    armedForMillis = Long.MAX_VALUE;
    if (!closed) {
      int freeBefore = freePlaces();
      state.onTime(nowMillis());
      if (freePlaces() != freeBefore) {
        surroundings.changed(this);
      }
    }
  }

  long nowMillis() {
    return shard.nanoTime() / NANOS_PER_MILLI;
  }

  // Operations

  void created() {
    surroundings.changed(this);
    hooks.created(face);
  }

  Member admit(User user, Ear ear, byte[] message) {
    discardFormerSession(user);
    state.checkJoin(user.uid(), message);
    byte[] welcome = hooks.beforeJoin(face, user, message);
    state.checkMessage(welcome);
    Member member = state.join(user, ear, message, welcome, wallClock.getAsLong());
    surroundings.changed(this);
    later(() -> hooks.joined(face, member, message));
    if (state.roster().owner().equals(Optional.of(member))) {
      later(() -> hooks.ownerChanged(face, member));
    }
    return member;
  }

  /** A uid has one session in the cluster: another one's end has not been heard of yet. */
  private void discardFormerSession(User user) {
    state
        .roster()
        .member(user.uid())
        .filter(member -> !member.user().sid().equals(user.sid()))
        .ifPresent(this::discard);
  }

  /** A member has come to another node, or to this one: nobody is told. */
  Member rehome(RoomMail.Rehome rehome, User user, Ear ear) {
    Member member =
        state
            .roster()
            .member(rehome.member())
            .filter(found -> found.uid().equals(user.uid()))
            // An earlier journey of the member may be told of later.
            .filter(found -> found.moves() <= rehome.moves())
            .orElseThrow(Refusal::notAMember);
    member.moved(rehome.moves());
    audience.move(member, rehome.to(), rehome.ref(), user, ear);
    return member;
  }

  /** A node is lost, with the sessions of its users, or the line to it is. */
  void lost(String node) {
    audience.lost(node);
    for (Member member : state.roster().members()) {
      if (isOn(member, node)) {
        discard(member);
      }
    }
  }

  /** The member with this number, if that node has its seat. */
  Optional<Member> member(int number, String node) {
    return state.roster().member(number).filter(member -> isOn(member, node));
  }

  private static boolean isOn(Member member, String node) {
    return member.user() instanceof RemoteUser remote && remote.node().equals(node);
  }

  /** A member wants to go. */
  void leave(Member member, byte[] message) {
    checkPresent(member);
    state.checkMessage(message);
    hooks.beforeLeave(face, member, message);
    depart(member, LeaveReason.LEFT, message);
  }

  /** A member's session ended. */
  void discard(Member member) {
    if (member.isPresent()) {
      depart(member, LeaveReason.DISCONNECTED, hooks.discardMessage(face, member));
    }
  }

  /** Removes a member; {@code by} null is the server. */
  void kick(@Nullable Member by, Member member, byte[] message) {
    if (by != null) {
      checkPresent(by);
      state.checkOwner(by);
    }
    checkTarget(member);
    state.checkMessage(message);
    depart(member, LeaveReason.KICKED, message);
  }

  /** Makes another member the owner; {@code by} null is the server. */
  void own(@Nullable Member by, Member member) {
    if (by != null) {
      checkPresent(by);
      state.checkOwner(by);
    }
    checkTarget(member);
    if (!state.roster().owner().equals(Optional.of(member))) {
      state.own(member);
      later(() -> hooks.ownerChanged(face, member));
    }
  }

  private void depart(Member member, LeaveReason reason, byte[] message) {
    boolean owned = state.roster().owner().equals(Optional.of(member));
    state.leave(member, reason, message, nowMillis());
    if (member.user() instanceof RemoteUser remote) {
      audience.vacate(member, remote);
    } else {
      surroundings.vacated(this, member);
    }
    surroundings.changed(this);
    later(() -> hooks.left(face, member, reason, message));
    if (owned && !state.roster().isEmpty() && !state.isClosed()) {
      List<Member> candidates = state.roster().members();
      own(null, hooks.electOwner(face, candidates).orElse(candidates.getFirst()));
    }
  }

  /** The join that the room was made for has failed. */
  void closeIfUnused() {
    if (state.roster().isEmpty()) {
      close(NOTHING);
    }
  }

  void close(byte[] message) {
    if (closed) {
      return;
    }
    state.close();
    closed = true;
    for (Member member : state.roster().members()) {
      depart(member, LeaveReason.CLOSED, message);
    }
    ticks.cancelAll();
    if (timer != null) {
      timer.cancel();
    }
    surroundings.closed(this);
    later(() -> hooks.closed(face));
  }

  void reserve(Collection<String> uids, long ttlMillis) {
    state.reserve(uids, ttlMillis, nowMillis());
    surroundings.changed(this);
  }

  void cancelReservations(Collection<String> uids) {
    state.roster().cancelReservations(uids);
    surroundings.changed(this);
  }

  void register(boolean shown) {
    registered = shown;
    surroundings.changed(this);
  }

  ChatLine chat(@Nullable Member from, String text) {
    String said = text;
    if (from != null) {
      checkPresent(from);
      said =
          hooks
              .beforeChat(face, from, text)
              .orElseThrow(() -> Refusal.denied("this must not be said here"));
    }
    ChatLine line = state.chat(from == null ? "" : from.uid(), said, wallClock.getAsLong());
    later(() -> hooks.chatted(face, line));
    return line;
  }

  /** Reports a change of properties to the hooks and returns it. */
  Map<String, Optional<Value>> changed(Map<String, Optional<Value>> changes) {
    if (!changes.isEmpty()) {
      later(() -> hooks.propertiesChanged(face, changes));
    }
    return changes;
  }

  /** Asks the hooks whether a member may change properties this way. */
  void checkPropertiesChange(Member member, Map<String, Optional<Value>> changes) {
    checkPresent(member);
    hooks.beforePropertiesChange(face, member, changes);
  }

  void checkPresent(Member member) {
    if (!member.isPresent()) {
      throw Refusal.notAMember();
    }
  }

  private void checkTarget(Member member) {
    if (!member.isPresent()) {
      throw Refusal.noSuchMember();
    }
  }

  // The hot path

  /** Throws if a broadcast, relay or message of so many bytes is too large. Any thread. */
  void checkData(int length) {
    if (length > options.broadcastMaxBytes()) {
      throw Refusal.tooLarge("the data");
    }
  }

  /**
   * A member's broadcast or relay, from the member's shard; the data lies in the payload from
   * {@code at} on and is not too large. Without a responder nobody is told of a failure: it can
   * only be that the member was removed meanwhile.
   */
  void say(
      Address address,
      Member from,
      byte[] payload,
      int at,
      Channel over,
      @Nullable Responder responder) {
    if (!shard.isCurrent()) {
      shard.execute(() -> say(address, from, payload, at, over, responder));
    } else if (busy) {
      waiting.addLast(() -> sayNow(address, from, payload, at, over, responder));
    } else {
      busy = true;
      sayNow(address, from, payload, at, over, responder);
      if (waiting.isEmpty() && options.broadcastIntervalMillis() == 0) {
        busy = false;
      } else {
        finishTurn();
      }
    }
  }

  private void sayNow(
      Address address,
      Member from,
      byte[] payload,
      int at,
      Channel over,
      @Nullable Responder responder) {
    if (from.isPresent()) {
      state.say(address, from, payload, at, payload.length - at, over, nowMillis());
      if (responder != null) {
        responder.ok();
      }
    } else if (responder != null) {
      Answers.fail(responder, Refusal.notAMember());
    }
  }
}
