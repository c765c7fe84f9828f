package dev.skein.room;

import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that may take a room over, as its own node has them entered in the cluster's store: it
 * does nothing that others can see without those which are entered, and none that is not entered
 * can take its place. Confined to the room's shard.
 */
final class Succession {
  private static final Logger log = LoggerFactory.getLogger(Succession.class);

  /** A node that does not say that it has its copy for so long is no backup. */
  private static final long COPY_MILLIS = 3_000;

  /** A node that was no good as a backup is not asked again for so long. */
  private static final long SHUN_MILLIS = 5_000;

  private static final long ENTER_AGAIN_MILLIS = 500;

  /** A room that comes waits so long for backups. */
  private static final long CLAIM_MILLIS = 1_000;

  /** One that has just been made waits so long for them. */
  private static final long FOUNDING_MILLIS = 2_000;

  private final RoomNode node;
  private final LiveRoom room;
  private final Ledger ledger;
  private final long number;
  private final Set<String> entered = new TreeSet<>();
  private final Map<String, Stage> enlisted = new TreeMap<>();
  private final Set<String> lost = new TreeSet<>();
  private final Map<String, Long> shunnedUntil = new HashMap<>();
  private volatile Set<String> ready = Set.of();
  private long term;
  private @Nullable HomeEntry proposed;
  private @Nullable CompletableFuture<Boolean> claiming;
  private Runnable whenReclaimed = () -> {};
  private boolean founding;
  private boolean renewing;
  private boolean paused;
  private boolean over;

  /** How far a node is that shall become a backup. */
  private enum Stage {
    /** Its copy is on the way. */
    COPYING,
    /** It has its copy, but others may know more. */
    FOLLOWING,
    /** It has all that anybody knows. */
    READY
  }

  Succession(RoomNode node, LiveRoom room, Ledger ledger, long term) {
    this.node = node;
    this.room = room;
    this.ledger = ledger;
    this.number = node.context().random().nextLong();
    this.term = term;
  }

  /** Which keeping of the room this is, for its backups. */
  long number() {
    return number;
  }

  /** Of the room's entry in the store; 0: it has none. */
  long term() {
    return term;
  }

  /** The nodes that an entry goes to. */
  List<String> keepers() {
    Set<String> keepers = new TreeSet<>(entered);
    keepers.addAll(enlisted.keySet());
    return List.copyOf(keepers);
  }

  /** The nodes that must have an entry before anybody hears of it. */
  Set<String> required() {
    Set<String> required = new TreeSet<>(entered);
    enlisted.forEach((address, stage) -> {
      if (stage != Stage.COPYING) {
        required.add(address);
      }
    });
    return required;
  }

  /** The nodes that can take the room over, as far as is known. Any thread. */
  Set<String> ready() {
    return ready;
  }

  private Set<String> backups() {
    Set<String> backups = new TreeSet<>(entered);
    backups.removeAll(lost);
    return backups;
  }

  /** The room has just been made: nobody hears of it before it has its backups, if it can. */
  void found() {
    founding = true;
    room.shard().schedule(this::endFounding, FOUNDING_MILLIS);
    begin();
  }

  boolean isFounding() {
    return founding && !room.isClosed();
  }

  private void endFounding() {
    if (founding) {
      founding = false;
      ledger.endTurn();
    }
  }

  /** Looks whether there are as many as there should be and can be. */
  void review() {
    if (over || paused || room.isClosed() || room.hasMoved()) {
      return;
    }
    if (proposed == null) {
      Set<String> next = next();
      if (!next.equals(entered)) {
        propose(next);
      }
    }
    recruit();
    if (proposed == null && enlisted.isEmpty()) {
      endFounding();
    }
  }

  private Set<String> next() {
    Set<String> next = backups();
    enlisted.forEach((address, stage) -> {
      if (stage == Stage.READY) {
        next.add(address);
      }
    });
    return next;
  }

  private void propose(Set<String> backups) {
    HomeEntry next = entry(term + 1, backups);
    proposed = next;
    enter(next);
  }

  private void recruit() {
    int missing = room.options().backups() - backups().size() - enlisted.size();
    if (missing > 0) {
      candidates().stream().limit(missing).forEach(this::enlist);
    }
  }

  private HomeEntry entry(long ofTerm, Set<String> backups) {
    return new HomeEntry(node.self(), number, ofTerm, HomeEntry.LEASE_MILLIS, List.copyOf(backups));
  }

  /** In random order, so that not all rooms of a node go to the same; mere entries come last. */
  private List<String> candidates() {
    List<NodeInfo> candidates = new ArrayList<>();
    for (NodeInfo each : node.context().mesh().nodes()) {
      String address = each.address();
      boolean takesNew = each.state() != NodeState.OFFLINE;
      boolean shunned = shunnedUntil.getOrDefault(address, 0L) > room.nowMillis();
      if (takesNew
          && !shunned
          && !address.equals(node.self())
          && !entered.contains(address)
          && !enlisted.containsKey(address)) {
        candidates.add(each);
      }
    }
    Collections.shuffle(candidates, node.context().random());
    candidates.sort(Comparator.comparing(each -> !each.servesUsers()));
    return candidates.stream().map(NodeInfo::address).toList();
  }

  private void enlist(String address) {
    node.standbys().open(number, room);
    enlisted.put(address, Stage.COPYING);
    long draft = node.context().random().nextLong();
    byte[] copy = room.crossing().transcript(ledger.frames()).encode();
    RoomMail.Enlist enlist =
        new RoomMail.Enlist(number, room.id(), draft, ledger.index(), copy.length);
    if (!node.adoptions().send(address, draft, copy) || !node.tell(address, enlist)) {
      room.shard().schedule(() -> fail(address, "its queue is full"), 1);
      return;
    }
    room.shard()
        .schedule(
            () -> {
              if (enlisted.get(address) == Stage.COPYING) {
                fail(address, "its copy takes too long");
              }
            },
            COPY_MILLIS);
  }

  /** A node has everything up to an entry. */
  void taken(String address, long index) {
    if (over) {
      return;
    }
    if (enlisted.replace(address, Stage.COPYING, Stage.FOLLOWING) && index < ledger.index()) {
      ledger.await(address);
    }
    ledger.taken(address, index);
    if (index >= ledger.releasedIndex()
        && enlisted.replace(address, Stage.FOLLOWING, Stage.READY)) {
      tryToClaim();
      review();
    }
  }

  /** A node keeps the room no more, or does not answer, or is out of sight. */
  void fail(String address, String why) {
    if (over || lost.contains(address) || !keepers().contains(address)) {
      return;
    }
    log.info("room {} does without its backup on {}: {}", room.id(), address, why);
    shunnedUntil.put(address, room.nowMillis() + SHUN_MILLIS);
    room.shard().schedule(this::review, SHUN_MILLIS + 1);
    boolean isProposed = proposed != null && proposed.backups().contains(address);
    if (isProposed || entered.contains(address)) {
      lost.add(address);
      ready = Set.copyOf(backups());
    } else {
      enlisted.remove(address);
      node.tell(address, new RoomMail.Retire(number));
      ledger.keepersChanged();
    }
    tryToClaim();
    review();
  }

  private void enter(HomeEntry wanted) {
    node.homes()
        .claim(room.id(), wanted)
        .whenComplete((granted, failure) ->
            room.shard()
                .execute(() -> {
                  if (over) {
                    return;
                  }
                  if (failure != null) {
                    // It may have been entered all the same: to enter it twice is nothing new.
                    room.shard().schedule(() -> enterAgain(wanted), ENTER_AGAIN_MILLIS);
                  } else if (granted) {
                    granted(wanted);
                  } else if (wanted == proposed) {
                    depose();
                  }
                }));
  }

  private void enterAgain(HomeEntry wanted) {
    if (!over && wanted == proposed) {
      enter(wanted);
    }
  }

  private void granted(HomeEntry now) {
    if (proposed != now) {
      return;
    }
    proposed = null;
    term = now.term();
    Set<String> retired = new LinkedHashSet<>(entered);
    now.backups().forEach(retired::remove);
    retired.forEach(address -> node.tell(address, new RoomMail.Retire(number)));
    entered.clear();
    entered.addAll(now.backups());
    enlisted.keySet().removeAll(entered);
    lost.retainAll(entered);
    ready = Set.copyOf(backups());
    ledger.keepersChanged();
    paused = false;
    if (claiming != null) {
      claiming.complete(true);
    }
    whenReclaimed.run();
    whenReclaimed = () -> {};
    begin();
  }

  // The room moves

  /** Nothing changes until {@link #resume}, {@link #reclaim} or the end; false: not now. */
  boolean pause() {
    paused = proposed == null;
    return paused;
  }

  void resume() {
    paused = false;
    review();
  }

  /** It is not known whether another node has the room: takes it back, if it has not. */
  void reclaim(Runnable then) {
    if (over) {
      return;
    }
    whenReclaimed = then;
    propose(next());
    room.shard()
        .schedule(
            () -> {
              if (whenReclaimed == then && !over) {
                room.vanish("it is not known where it is");
              }
            },
            Ledger.STALLED_MAX_MILLIS);
  }

  /**
   * The room has been offered to this node: takes it, with backups of its own. False if another
   * node has it.
   */
  CompletableFuture<Boolean> claim() {
    CompletableFuture<Boolean> claimed = new CompletableFuture<>();
    claiming = claimed;
    paused = true;
    recruit();
    tryToClaim();
    room.shard()
        .schedule(
            () -> {
              if (!claimed.isDone() && proposed == null) {
                propose(next());
              }
            },
            CLAIM_MILLIS);
    return claimed;
  }

  private void tryToClaim() {
    if (claiming != null
        && !claiming.isDone()
        && proposed == null
        && enlisted.values().stream().allMatch(Stage.READY::equals)) {
      propose(next());
    }
  }

  /** The room lives here, by an entry in the store or without. */
  void begin() {
    if (term > 0 && !renewing) {
      renewing = true;
      room.shard().schedule(this::renew, HomeEntry.RENEW_MILLIS);
    }
    review();
  }

  private void renew() {
    if (!over && proposed == null && !paused && !room.isClosed()) {
      propose(next());
    }
    if (!over && !room.isClosed()) {
      room.shard().schedule(this::renew, HomeEntry.RENEW_MILLIS);
    }
  }

  /** Another node has taken the room over. */
  private void depose() {
    end();
    if (claiming != null && claiming.complete(false)) {
      return;
    }
    node.homes()
        .entry(room.id())
        .whenComplete((entry, failure) ->
            room.shard()
                .execute(() -> {
                  if (entry != null && entry.isPresent()) {
                    room.abandon(entry.get().home());
                  } else {
                    room.vanish("another node has taken it over");
                  }
                }));
  }

  /** The node ends: what is entered stays, so that a backup can go on with the room. */
  void rest() {
    over = true;
  }

  /** The room is no more, or not here. */
  void end() {
    if (!over) {
      over = true;
      node.standbys().close(number);
      keepers().forEach(address -> node.tell(address, new RoomMail.Retire(number)));
    }
  }
}
