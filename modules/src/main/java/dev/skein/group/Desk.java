package dev.skein.group;

import dev.skein.module.Answers;
import dev.skein.protocol.group.GroupStat;
import dev.skein.server.Shard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The branches and ledgers of one shard: brings them mail and time. Any thread may {@link #post};
 * everything else is confined to the shard, one turn after the other.
 */
final class Desk implements Surroundings {
  private static final Logger log = LoggerFactory.getLogger(Desk.class);
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long PULSE_MILLIS = 50;
  private static final long ACK_DELAY_MILLIS = 5;

  /** A registered group shows itself so often to random joins. */
  private static final long SHELVE_MILLIS = 2_000;

  private final GroupNode node;
  private final Shard shard;
  private final Map<Long, Hall> halls = new HashMap<>();
  private final Map<Long, Ledger> ledgers = new HashMap<>();
  private final Map<Ledger, Long> shelvedAtMillis = new HashMap<>();
  private final Set<Ledger> ticking = new HashSet<>();
  private final Set<Long> stirring = new HashSet<>();
  private final Set<Hall> acknowledging = new HashSet<>();
  private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
  private boolean busy;
  private boolean pulsing;

  Desk(GroupNode node, Shard shard) {
    this.node = node;
    this.shard = shard;
  }

  // Turns

  /** Runs the operation in its turn. */
  void post(Runnable operation) {
    shard.execute(() -> {
      turns.addLast(operation);
      if (!busy) {
        busy = true;
        for (Runnable next = turns.pollFirst(); next != null; next = turns.pollFirst()) {
          run(next);
        }
        busy = false;
        pulse();
      }
    });
  }

  /** The same, later. */
  void postLater(Runnable operation, long delayMillis) {
    shard.schedule(() -> post(operation), delayMillis);
  }

  private static void run(Runnable operation) {
    try {
      operation.run();
    } catch (RuntimeException failed) {
      log.error("an operation of a group failed", failed);
    }
  }

  /** Completes a future where its owner waits for it. */
  <T> void finish(CompletableFuture<T> future, @Nullable T value, @Nullable Throwable failure) {
    if (failure == null) {
      future.complete(value);
    } else {
      node.countFailure();
      future.completeExceptionally(Answers.cause(failure));
    }
  }

  private void pulse() {
    if (!pulsing && !stirring.isEmpty()) {
      pulsing = true;
      shard.schedule(
          () ->
              post(() -> {
                pulsing = false;
                List.copyOf(stirring).forEach(this::onTime);
              }),
          PULSE_MILLIS);
    }
  }

  private void onTime(long group) {
    Hall hall = halls.get(group);
    Ledger ledger = ledgers.get(group);
    boolean more = hall != null && hall.branch().onTime();
    more |= ledger != null && (ledger.onTime() | shelve(ledger));
    if (!more) {
      stirring.remove(group);
    }
    tidy(group);
  }

  // Groups

  /**
   * The members of a group on this node; there may be none yet.
   *
   * @throws dev.skein.server.CommandException if the node has as many groups as it may
   */
  Hall hall(long group) {
    Hall hall = halls.get(group);
    if (hall == null) {
      if (halls.size() >= node.groupsMaxCountPerDesk()) {
        throw Refusal.noNewGroups("the node has as many groups as it may");
      }
      hall = node.newHall(group, this);
      halls.put(group, hall);
    }
    stirring.add(group);
    return hall;
  }

  Optional<GroupStat> stat(long group) {
    return Optional.ofNullable(ledgers.get(group)).filter(Ledger::isOpen).map(Ledger::stat);
  }

  /** After anything that happened to a group. */
  void tidy(long group) {
    Hall hall = halls.get(group);
    if (hall != null) {
      if (hall.branch().isOver()) {
        halls.remove(group);
      } else if (hall.branch().isAckDue()) {
        acknowledge(hall);
      }
    }
    Ledger ledger = ledgers.get(group);
    if (ledger != null) {
      if (ledger.isOver()) {
        ledgers.remove(group);
        shelvedAtMillis.remove(ledger);
        if (ledger.isClosed()) {
          closed(java.util.Objects.requireNonNull(ledger.charter()));
        }
      } else if (ledger.isOpen() && ticking.add(ledger)) {
        tick(ledger);
      }
    }
  }

  private void closed(Charter charter) {
    if (charter.options().registered()) {
      sendShelve(charter, false);
    }
    node.hooks(charter).each(hook -> hook.closed(node.face(charter)));
  }

  private void acknowledge(Hall hall) {
    if (hall.branch().isKeptHere()) {
      hall.branch().acknowledge();
    } else if (acknowledging.add(hall) && acknowledging.size() == 1) {
      // Several deliveries, of several groups, make one round of acknowledgements.
      postLater(this::acknowledgeAll, ACK_DELAY_MILLIS);
    }
  }

  private void acknowledgeAll() {
    List<Hall> due = List.copyOf(acknowledging);
    acknowledging.clear();
    due.forEach(hall -> hall.branch().acknowledge());
  }

  private void tick(Ledger ledger) {
    Charter charter = java.util.Objects.requireNonNull(ledger.charter());
    long intervalMillis = charter.options().tickIntervalMillis();
    if (intervalMillis > 0) {
      postLater(
          () -> {
            if (ledger.isOpen()) {
              node.hooks(charter).each(hook -> hook.tick(node.face(charter)));
            }
            if (ledgers.containsValue(ledger)) {
              tick(ledger);
            } else {
              ticking.remove(ledger);
            }
          },
          intervalMillis);
    }
  }

  private boolean shelve(Ledger ledger) {
    Charter charter = ledger.charter();
    if (charter == null || !ledger.isOpen() || !charter.options().registered()) {
      return false;
    }
    long last = shelvedAtMillis.getOrDefault(ledger, Long.MIN_VALUE >> 1);
    if (nowMillis() - last >= SHELVE_MILLIS) {
      shelvedAtMillis.put(ledger, nowMillis());
      sendShelve(charter, true);
    }
    return true;
  }

  private void sendShelve(Charter charter, boolean shown) {
    String type = charter.options().type();
    send(node.shelfHome(type), new Mail.Shelve(charter.number(), type, charter.id(), shown));
  }

  // Mail

  /** Mail came, from another node or this one. */
  void receive(String sender, Mail mail) {
    long group = mail.group();
    stirring.add(group);
    switch (mail) {
      case Mail.Attach attach -> attach(attach, sender);
      case Mail.Census census -> toLedger(group, ledger -> ledger.on(census, sender));
      case Mail.Publish publish -> {
        if (!toLedger(group, ledger -> ledger.on(publish, sender))) {
          reject(group, sender, Mail.Rejected.Why.NOT_HOME);
        }
      }
      case Mail.Ack ack -> {
        if (!toLedger(group, ledger -> ledger.on(ack, sender)) && ack.members() > 0) {
          reject(group, sender, Mail.Rejected.Why.NOT_HOME);
        }
      }
      case Mail.Missing missing -> toLedger(group, ledger -> ledger.on(missing, sender));
      case Mail.Roll roll -> roll(roll, sender);
      case Mail.Attached attached -> toBranch(group, branch -> branch.on(attached, sender));
      case Mail.Rejected rejected -> toBranch(group, branch -> branch.on(rejected, sender));
      case Mail.Open open -> toBranch(group, branch -> branch.on(open, sender));
      case Mail.Ordered ordered -> {
        if (!toBranch(group, branch -> branch.on(ordered))) {
          // The sender takes this node for another that had its address.
          send(sender, new Mail.Ack(group, ordered.epoch(), ordered.entry().seq(), 0));
        }
      }
      case Mail.Loose loose -> toBranch(group, branch -> branch.on(loose));
      case Mail.Confirmed confirmed -> toBranch(group, branch -> branch.on(confirmed));
      case Mail.Closed closed -> toBranch(group, branch -> branch.on(closed));
      case Mail.Again again -> onNode(sender);
      case Mail.Shelve shelve -> node.onShelve(shelve);
    }
    tidy(group);
  }

  private void attach(Mail.Attach attach, String sender) {
    long group = attach.group();
    Ledger ledger = ledgers.get(group);
    if (ledger == null) {
      if (!home(group).equals(self())) {
        reject(group, sender, Mail.Rejected.Why.NOT_HOME);
        return;
      }
      if (ledgers.size() >= node.groupsMaxCountPerDesk()) {
        reject(group, sender, Mail.Rejected.Why.TOO_MANY);
        return;
      }
      ledger = new Ledger(group, this);
      ledgers.put(group, ledger);
    }
    ledger.on(attach, sender);
  }

  /** A new home begins: a ledger that is kept here ends before its branch answers. */
  private void roll(Mail.Roll roll, String sender) {
    Ledger ledger = ledgers.get(roll.group());
    if (ledger != null && roll.epoch().isAfter(ledger.epoch())) {
      ledger.giveUp();
      ledgers.remove(roll.group());
    }
    if (halls.containsKey(roll.group()) || halls.size() < node.groupsMaxCountPerDesk()) {
      hall(roll.group()).branch().on(roll, sender);
    }
  }

  private void reject(long group, String sender, Mail.Rejected.Why why) {
    send(sender, new Mail.Rejected(group, why));
  }

  private boolean toLedger(long group, Consumer<Ledger> use) {
    Ledger ledger = ledgers.get(group);
    if (ledger != null) {
      use.accept(ledger);
    }
    return ledger != null;
  }

  private boolean toBranch(long group, Consumer<Branch> use) {
    Hall hall = halls.get(group);
    if (hall != null) {
      use.accept(hall.branch());
    }
    return hall != null;
  }

  /** A node went out of sight. */
  void onNodeLost(String address) {
    for (Ledger ledger : List.copyOf(ledgers.values())) {
      ledger.onNodeLost(address);
      stirring.add(ledger.group());
      tidy(ledger.group());
    }
    onNode(address);
  }

  /** Homes may have changed. */
  void onNode(String address) {
    for (Hall hall : new ArrayList<>(halls.values())) {
      stirring.add(hall.group());
      hall.branch().onNode(address);
    }
  }

  // Surroundings

  @Override
  public String self() {
    return node.self();
  }

  @Override
  public long selfId() {
    return node.selfId();
  }

  @Override
  public String home(long group) {
    return node.home(group);
  }

  @Override
  public Collection<String> nodes() {
    return node.nodes();
  }

  @Override
  public boolean send(String address, Mail mail) {
    if (address.equals(self())) {
      if (mail instanceof Mail.Shelve shelve) {
        node.onShelve(shelve);
      } else {
        turns.addLast(() -> receive(address, mail));
      }
      return true;
    }
    return node.send(address, mail);
  }

  @Override
  public void send(Collection<String> addresses, Mail mail) {
    List<String> others = new ArrayList<>(addresses);
    if (others.remove(self())) {
      send(self(), mail);
    }
    if (!others.isEmpty()) {
      node.send(others, mail);
    }
  }

  @Override
  public long nowMillis() {
    return shard.nanoTime() / NANOS_PER_MILLI;
  }

  @Override
  public Timing timing() {
    return node.timing();
  }
}
