package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.server.CommandException;
import dev.skein.server.Responder;
import dev.skein.server.Shard;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
  private final @Nullable BackedAudience backed;
  private final @Nullable Ledger ledger;
  private final RoomState state;
  private final Door door;
  private final Crossing crossing;
  private final Ticks ticks;
  private final Room face;
  private final long createdAtMillis;
  private final long term;
  private final Turns turns;
  private final AtomicInteger claims = new AtomicInteger();
  private volatile boolean registered;
  private volatile boolean closed;
  private volatile boolean moved;
  private long armedForMillis = Long.MAX_VALUE;
  private Shard.@Nullable Timer timer;

  /** What a room is made of. */
  record Founding(
      Directory.Name name,
      RoomOptions options,
      Shard shard,
      LongSupplier wallClock,
      HookChain hooks,
      Surroundings surroundings) {}

  LiveRoom(Founding of) {
    this(of, 0, of.wallClock.getAsLong());
  }

  /** {@code term} counts how often the room has moved. */
  private LiveRoom(Founding of, long term, long createdAtMillis) {
    this.name = of.name;
    this.options = of.options;
    this.shard = of.shard;
    this.wallClock = of.wallClock;
    this.hooks = of.hooks;
    this.surroundings = of.surroundings;
    this.term = term;
    this.registered = options.registered();
    this.createdAtMillis = createdAtMillis;
    this.ticks = new Ticks(shard, options.ticksMaxCount());
    this.turns = new Turns(name.id(), this::closeIfOver, this::afterTurn);
    this.face = new Room(this);
    this.backed = options.backups() == 0 ? null : new BackedAudience(this, surroundings, term);
    this.ledger = backed == null ? null : backed.ledger();
    this.audience = backed == null ? new DirectAudience(this, surroundings) : backed;
    this.state =
        new RoomState(
            name.number(),
            name.id(),
            options,
            audience,
            changes -> later(() -> hooks.objectsChanged(face, changes)),
            nowMillis());
    if (ledger != null) {
      state.keep(ledger.draft());
    }
    this.door = new Door(this, state, hooks, audience, surroundings, wallClock);
    this.crossing = new Crossing(this, surroundings);
  }

  /** A room that comes from another node: nothing happens in it before it arrives. */
  static LiveRoom restored(Founding of, Transcript from, long term) {
    LiveRoom room = new LiveRoom(of, term, from.copy().charter().createdAtMillis());
    room.turns.hold();
    room.crossing.restore(from);
    return room;
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

  Directory.Name name() {
    return name;
  }

  Door door() {
    return door;
  }

  WideAudience audience() {
    return audience;
  }

  /** The audience of a room with backups. */
  Optional<BackedAudience> backed() {
    return Optional.ofNullable(backed);
  }

  /** How often the room has moved, or its backups were others. */
  long term() {
    return ledger == null ? term : ledger.succession().term();
  }

  /** Moves it to another node; any thread. */
  CompletableFuture<Void> moveTo(String node) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Departure departure = surroundings.departure(this, node, done);
    shard.execute(() -> turns.enter(departure::begin));
    return done;
  }

  /** Whether it lives on another node now, and everything here is over. */
  boolean hasMoved() {
    return moved;
  }

  Crossing crossing() {
    return crossing;
  }

  long createdAtMillis() {
    return createdAtMillis;
  }

  boolean isRegistered() {
    return registered && !closed && !hasMoved();
  }

  boolean isClosed() {
    return closed;
  }

  /** Places that are neither taken nor reserved. */
  int freePlaces() {
    Roster roster = state.roster();
    return closed || hasMoved()
        ? 0
        : options.maxMembers() - roster.members().size() - roster.reserved();
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
        turns.enter(() -> {
          if (hasMoved() || closed) {
            done.completeExceptionally(hasMoved() ? crossing.moved() : Refusal.closed());
            return;
          }
          try {
            T result = operation.get();
            whenSafe(() -> done.complete(result), done::completeExceptionally);
          } catch (CommandException refused) {
            whenSafe(() -> done.completeExceptionally(refused), done::completeExceptionally);
          } catch (RuntimeException failed) {
            log.error("an operation of room {} failed", id(), failed);
            done.completeExceptionally(failed);
          }
        }));
    return done;
  }

  /** In a turn: does what others may see, as soon as the room's backups have what came before. */
  void whenSafe(Runnable output, Consumer<CommandException> unless) {
    if (ledger == null) {
      output.run();
    } else {
      ledger.after(output, unless);
    }
  }

  /** The same for operations nobody waits for; they come to nothing once the room has moved. */
  void post(Runnable operation) {
    shard.execute(() ->
        turns.enter(() -> {
          if (!hasMoved()) {
            operation.run();
          }
        }));
  }

  /** A member's session is over, or has missed something. */
  void dismiss(Member member) {
    shard.execute(() ->
        turns.enter(() -> {
          if (moved) {
            crossing.dismiss(member);
          } else {
            door.discard(member);
          }
        }));
  }

  /** The same by the member's number. */
  void dismiss(int member) {
    post(() -> state.roster().member(member).ifPresent(door::discard));
  }

  /** What came over a line from another node, once: it may come again after the room has moved. */
  void heard(long line, long up, Runnable operation) {
    post(() -> {
      if (audience.hears(line, up)) {
        operation.run();
      }
    });
  }

  // The shard: one operation after the other

  /** Runs the operation in turn, before anything that comes to the shard later. */
  void now(Runnable operation) {
    turns.enter(operation);
  }

  private void closeIfOver() {
    if (!closed && !hasMoved() && state.isOver(nowMillis())) {
      close(NOTHING);
    }
  }

  private void afterTurn() {
    if (!turns.isHeld()) {
      arm();
    }
    if (ledger != null) {
      ledger.endTurn();
    }
  }

  /** Runs after the operation that is under way. */
  void later(Runnable hook) {
    turns.later(hook);
  }

  private void arm() {
    long nextMillis = closed || hasMoved() ? Long.MAX_VALUE : state.nextDeadlineMillis();
    if (nextMillis >= armedForMillis) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    armedForMillis = nextMillis;
    timer = shard.schedule(() -> turns.enter(this::onTimer), Math.max(0, nextMillis - nowMillis()));
  }

  private void onTimer() {
    armedForMillis = Long.MAX_VALUE;
    if (!closed && !hasMoved()) {
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
    if (ledger != null) {
      ledger.succession().found();
    }
    hooks.created(face);
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
    door.empty(message);
    leaveShard();
    surroundings.closed(this);
    later(() -> hooks.closed(face));
  }

  void register(boolean shown) {
    registered = shown;
    if (ledger != null) {
      ledger.draft().charter();
    }
    surroundings.changed(this);
  }

  ChatLine chat(@Nullable Member from, String text) {
    String said = text;
    if (from != null) {
      door.checkPresent(from);
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
    door.checkPresent(member);
    hooks.beforePropertiesChange(face, member, changes);
  }

  // From node to node

  /** Lets it wait, or go on. */
  Turns turns() {
    return turns;
  }

  /** The room belongs to another node from here on; {@link Turns#release} follows. */
  void leaveBehind() {
    moved = true;
    leaveShard();
  }

  private void leaveShard() {
    ticks.cancelAll();
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Another node has taken the room over. */
  void abandon(String host) {
    if (ledger != null && !moved && !closed) {
      ledger.giveUp(Refusal.unreachable());
      crossing.departTo(host, 0);
    }
  }

  /** The room is over here, without anybody else being told: it may live on elsewhere. */
  void vanish(String why) {
    if (backed == null || moved || closed) {
      return;
    }
    log.warn("room {} is given up: {}", id(), why);
    backed.ledger().giveUp(Refusal.unreachable());
    closed = true;
    leaveShard();
    backed.sever();
    surroundings.vanished(this);
    later(() -> hooks.closed(face));
    turns.release();
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
    } else if (turns.begin()) {
      sayNow(address, from, payload, at, over, responder);
      if (options.broadcastIntervalMillis() != 0 || !turns.finishBriefly()) {
        turns.finish();
      }
    } else {
      turns.later(() -> sayNow(address, from, payload, at, over, responder));
    }
  }

  /** The same in a turn of the room. */
  void sayNow(
      Address address,
      Member from,
      byte[] payload,
      int at,
      Channel over,
      @Nullable Responder responder) {
    if (moved) {
      crossing.passOn(from, RoomCommands.saying(address, payload, over), responder);
    } else if (from.isPresent()) {
      state.say(address, from, payload, at, payload.length - at, over, nowMillis());
      if (responder != null) {
        responder.ok();
      }
    } else if (responder != null) {
      Answers.fail(responder, Refusal.notAMember());
    }
  }
}
