package dev.skein.session;

import dev.skein.mesh.MeshException;
import dev.skein.module.Answers;
import dev.skein.module.StoreAnswer;
import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import dev.skein.server.Shard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A session as this node knows it: what the node asks of it, one batch at a time, and, while users
 * of this node are members, a copy that hears the session's news in their one order. Confined to
 * its shard, except where it says otherwise.
 */
final class SessionCopy {
  /** Operations that wait for the batch under way; beyond, they are refused. */
  static final int WAITING_MAX_COUNT = 4_096;

  /** News that came before those they follow; beyond, the session is fetched. */
  private static final int AHEAD_MAX_COUNT = 256;

  private static final int BATCH_MAX_COUNT = 64;

  /** How long news may overtake each other before the session is fetched. */
  private static final int PATIENCE_MILLIS = 50;

  /** How often the session is fetched though nothing seems to be missing. */
  private static final int CHECK_MILLIS = 30_000;

  private static final byte[] NOTHING = {};

  /** What a copy needs around it. */
  interface Surroundings {
    /** This node, as one process: its mesh address and id. */
    String self();

    CompletionStage<byte[]> apply(String id, byte[] operations);

    CompletionStage<Optional<byte[]>> fetch(String id);

    /** News for the copies on other nodes. */
    void tell(Collection<String> nodes, String id, long firstSeq, List<News> news);

    /** What operations of this node came to, for the game's hooks; on the copy's shard. */
    void happened(SessionCopy copy, List<News> news);

    /** A user of this node is a member no longer, unless it went elsewhere with its membership. */
    void vacated(Seat seat);

    /** A seat's user lacks so much talk. */
    void missed(long count);

    /** Nothing is known here any more. */
    void unused(SessionCopy copy);
  }

  private record Call(Operation operation, CompletableFuture<byte[]> answer) {}

  private final String id;
  private final Shard shard;
  private final Channel channel;
  private final Surroundings surroundings;
  private final AtomicInteger pending = new AtomicInteger();
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private final Map<String, Seat> seats = new LinkedHashMap<>();
  private final TreeMap<Long, News> ahead = new TreeMap<>();
  private @Nullable SessionState state;
  private boolean asking;
  private boolean fetching;
  private boolean stale;
  private Shard.@Nullable Timer patience;
  private long touchedAtMillis;
  private long fetchedAtMillis;

  SessionCopy(String id, Shard shard, Channel channel, Surroundings surroundings) {
    this.id = id;
    this.shard = shard;
    this.channel = channel;
    this.surroundings = surroundings;
  }

  String id() {
    return id;
  }

  Shard shard() {
    return shard;
  }

  // Asking

  /** Keeps the copy until the {@link #call} that follows has ended. Any thread. */
  SessionCopy reserve() {
    pending.incrementAndGet();
    return this;
  }

  /** True if no call is under way or reserved. Any thread. */
  boolean isIdle() {
    return pending.get() == 0;
  }

  /**
   * Asks the session, after what was asked before; the copy is reserved. Any thread.
   *
   * @param then what becomes of the answer, on the copy's shard
   */
  <T> CompletableFuture<T> call(Operation operation, Function<byte[], T> then) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    CompletableFuture<T> result = answer.thenApply(then);
    shard.execute(() -> {
      if (waiting.size() >= WAITING_MAX_COUNT) {
        pending.decrementAndGet();
        answer.completeExceptionally(
            CommandException.bad(Code.TOO_MANY, "too much is asked of this session"));
      } else {
        waiting.addLast(new Call(operation, answer));
        askNext();
      }
    });
    return result;
  }

  private void ask(Operation operation) {
    reserve().call(operation, Function.identity());
  }

  private void askNext() {
    if (asking || waiting.isEmpty()) {
      return;
    }
    asking = true;
    List<Call> batch = new ArrayList<>();
    while (batch.size() < BATCH_MAX_COUNT && !waiting.isEmpty()) {
      batch.add(waiting.removeFirst());
    }
    byte[] operations = Operation.encodeAll(batch.stream().map(Call::operation).toList());
    surroundings
        .apply(id, operations)
        .whenComplete((bytes, failure) ->
            shard.execute(() -> {
              asking = false;
              if (failure == null) {
                answered(batch, Verdict.decode(bytes));
              } else {
                failed(batch, Answers.cause(failure));
              }
              pending.addAndGet(-batch.size());
              askNext();
              retireIfUnused();
            }));
  }

  private void answered(List<Call> batch, Verdict verdict) {
    surroundings.tell(verdict.nodes(), id, verdict.firstSeq(), verdict.news());
    take(verdict.firstSeq(), verdict.news());
    for (int i = 0; i < batch.size(); i++) {
      try {
        batch.get(i).answer.complete(StoreAnswer.payload(verdict.answers().get(i)));
      } catch (CommandException refused) {
        batch.get(i).answer.completeExceptionally(refused);
      }
    }
    if (!verdict.news().isEmpty()) {
      surroundings.happened(this, verdict.news());
    }
  }

  private static void failed(List<Call> batch, Throwable why) {
    Throwable failure =
        why instanceof MeshException.NetworkFailed
            ? Refusal.unavailable(String.valueOf(why.getMessage()))
            : why;
    batch.forEach(call -> call.answer.completeExceptionally(failure));
  }

  // Hearing

  /** News came, in order among themselves, maybe known, maybe too early. */
  void take(long firstSeq, List<News> news) {
    SessionState now = state;
    if (now == null) {
      return;
    }
    long seq = firstSeq;
    for (News each : news) {
      if (seq > now.seq()) {
        ahead.put(seq, each);
      }
      seq++;
    }
    hearAhead(now);
    if (ahead.size() > AHEAD_MAX_COUNT) {
      ahead.clear();
      fetch();
    } else if (!ahead.isEmpty() && patience == null) {
      patience = shard.schedule(this::losePatience, PATIENCE_MILLIS);
    }
  }

  private void losePatience() {
    patience = null;
    if (!ahead.isEmpty()) {
      fetch();
    }
  }

  private void hearAhead(SessionState now) {
    while (!ahead.isEmpty() && ahead.firstKey() <= now.seq() + 1) {
      Map.Entry<Long, News> next = ahead.pollFirstEntry();
      if (next.getKey() > now.seq()) {
        now.hear(next.getValue());
        tellAll(now, now.seq(), next.getValue());
      }
    }
  }

  private void tellAll(SessionState now, long seq, News news) {
    SessionPush push = new SessionPush(now.options().type(), news);
    for (Seat seat : List.copyOf(seats.values())) {
      deliver(seat, seq, push);
    }
  }

  /**
   * Tells one seat one piece of news, and takes the seat away if its user is out. One who seems to
   * be attached elsewhere keeps it: that may be an older login, whose end is on its way.
   */
  private void deliver(Seat seat, long seq, SessionPush push) {
    String uid = seat.user().uid();
    seat.hear(seq, push.to(uid), channel);
    if (push.news() instanceof News.Left left && left.uid().equals(uid)) {
      seats.remove(uid, seat);
      seat.user().shard().execute(seat::end);
      surroundings.vacated(seat);
      forgetIfEmpty();
    }
  }

  // Seats

  /**
   * A user of this node is a member.
   *
   * @param snapshot the session as it was when it became so
   * @param welcome what the user is told; empty if it comes from another node and knows all
   */
  void seat(Seat seat, SessionState snapshot, Optional<byte[]> welcome, long heardSeq) {
    adopt(snapshot);
    Seat former = seats.put(seat.user().uid(), seat);
    if (former != null && former != seat) {
      former.user().shard().execute(former::end);
    }
    long knownSeq = heardSeq;
    if (welcome.isPresent()) {
      knownSeq = snapshot.seq();
      seat.hear(knownSeq, SessionPush.entered(snapshot, welcome.get()), channel);
    }
    bringUp(seat, knownSeq);
  }

  /** Tells one seat everything after what it knows. */
  private void bringUp(Seat seat, long knownSeq) {
    SessionState now = state;
    if (now == null || knownSeq >= now.seq()) {
      return;
    }
    List<News> lacking = now.since(knownSeq + 1);
    if (lacking.isEmpty()) {
      startAnew(seat, now, now.seq() - knownSeq);
      return;
    }
    long seq = knownSeq;
    for (News news : lacking) {
      deliver(seat, ++seq, new SessionPush(now.options().type(), news));
    }
  }

  /** Too much was missed: the user is told so, and what is now. */
  private void startAnew(Seat seat, SessionState now, long missedCount) {
    SessionState.Place place = now.members().get(seat.user().uid());
    if (place == null || !place.sid().equals(seat.user().sid())) {
      News left = new News.Left(seat.user().uid(), LeaveReason.DISCONNECTED, NOTHING);
      deliver(seat, now.seq(), new SessionPush(now.options().type(), left));
      return;
    }
    surroundings.missed(missedCount);
    seat.tell(SessionPush.missed(now, missedCount), channel);
    seat.hear(now.seq(), SessionPush.entered(now, NOTHING), channel);
  }

  /** A user of this node takes its membership elsewhere, or is gone. */
  void unseat(Seat seat) {
    seats.remove(seat.user().uid(), seat);
    forgetIfEmpty();
    retireIfUnused();
  }

  private void forgetIfEmpty() {
    if (seats.isEmpty()) {
      state = null;
      ahead.clear();
    }
  }

  private void retireIfUnused() {
    if (seats.isEmpty() && isIdle()) {
      surroundings.unused(this);
    }
  }

  /**
   * What a member says unreliably goes past the order of news.
   *
   * @throws CommandException if the data is too large
   */
  void sayLoosely(String uid, byte[] data, Channel over) {
    SessionState now = state;
    if (now != null) {
      if (data.length > now.options().dataMaxBytes()) {
        throw Refusal.tooLarge("the data");
      }
      byte[] message = new SessionPush(now.options().type(), new News.Said(uid, data)).to("");
      seats.values().forEach(seat -> seat.tell(message, over));
    }
  }

  /** The nodes that have members, as far as this one knows. */
  Set<String> nodes() {
    return state == null ? Set.of() : state.nodes();
  }

  // Catching up

  /** Nodes came or went: something may have been missed. */
  void suspect() {
    stale = true;
  }

  private void fetch() {
    if (fetching || seats.isEmpty()) {
      return;
    }
    fetching = true;
    surroundings
        .fetch(id)
        .whenComplete((found, failure) ->
            shard.execute(() -> {
              fetching = false;
              if (failure != null) {
                stale = true;
              } else if (found.isPresent()) {
                stale = false;
                adopt(SessionState.decode(found.get()));
              } else {
                stale = false;
                ended();
              }
              retireIfUnused();
            }));
  }

  private void adopt(SessionState newer) {
    SessionState now = state;
    if (now == null) {
      state = newer;
      hearAhead(newer);
      return;
    }
    List<News> lacking = newer.since(now.seq() + 1);
    if (newer.seq() > now.seq() && lacking.isEmpty()) {
      long missedCount = newer.seq() - now.seq();
      state = newer;
      ahead.headMap(newer.seq(), true).clear();
      List.copyOf(seats.values()).forEach(seat -> startAnew(seat, newer, missedCount));
      hearAhead(newer);
    } else {
      take(now.seq() + 1, lacking);
    }
  }

  /** The session is no more: the last of its news may be here, though not what came before. */
  private void ended() {
    SessionState now = state;
    if (now == null) {
      return;
    }
    if (!ahead.isEmpty()) {
      long missedCount = ahead.firstKey() - now.seq() - 1;
      surroundings.missed(missedCount);
      seats.values().forEach(seat -> seat.tell(SessionPush.missed(now, missedCount), channel));
    }
    TreeMap<Long, News> last = new TreeMap<>(ahead);
    last.forEach((seq, news) -> tellAll(now, seq, news));
    for (Seat seat : List.copyOf(seats.values())) {
      News left = new News.Left(seat.user().uid(), LeaveReason.CLOSED, NOTHING);
      deliver(seat, Long.MAX_VALUE, new SessionPush(seat.type(), left));
    }
  }

  /** Once a second: looks after the session, if it is this node's turn among its members'. */
  void sweep(long nowMillis, Set<String> nodesInSight, int touchMillis) {
    SessionState now = state;
    if (seats.isEmpty() || now == null) {
      retireIfUnused();
      return;
    }
    if (stale || nowMillis - fetchedAtMillis >= CHECK_MILLIS) {
      fetchedAtMillis = nowMillis;
      fetch();
      return;
    }
    for (Seat seat : seats.values()) {
      SessionState.Place place = now.members().get(seat.user().uid());
      if (place != null && seat.user().isConnected() && !isHere(place, seat)) {
        ask(new Operation.Attach(place.uid(), seat.user().sid(), surroundings.self()));
      }
    }
    Optional<String> keeper =
        now.nodes().stream().filter(nodesInSight::contains).min(String::compareTo);
    if (keeper.filter(surroundings.self()::equals).isPresent()) {
      keep(now, nowMillis, nodesInSight, touchMillis);
    }
  }

  private boolean isHere(SessionState.Place place, Seat seat) {
    return !place.isLost()
        && place.node().equals(surroundings.self())
        && place.sid().equals(seat.user().sid());
  }

  private void keep(SessionState now, long nowMillis, Set<String> inSight, int touchMillis) {
    for (String node : now.nodes()) {
      if (!inSight.contains(node)) {
        ask(new Operation.LoseNode(node));
      }
    }
    boolean due =
        now.members().values().stream()
            .anyMatch(place ->
                place.isLost() && SessionOperator.lostUntilMillis(now, place) <= nowMillis);
    if (due || nowMillis - touchedAtMillis >= touchMillis) {
      touchedAtMillis = nowMillis;
      ask(new Operation.Touch());
    }
  }

  @Override
  public String toString() {
    return id + (state == null ? "" : " after " + state.seq() + " news") + " for " + seats.keySet();
  }
}
