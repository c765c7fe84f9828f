package dev.skein.group;

import dev.skein.group.Mail.Intent;
import dev.skein.group.Surroundings.Timing;
import dev.skein.server.CommandException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A group on one of its nodes: hears what is said in the order of the group's ledger, and publishes
 * what is said here. Mail and time go in, mail comes out. Confined to the group's shard.
 *
 * <p>It hears one epoch at a time. A {@link Mail.Roll} promises it to a later one: from then on it
 * hears nothing older, so that the new ledger knows what has been delivered and nobody else adds to
 * it. {@link Mail.Open} gives it what others had heard and it had not, and the new epoch begins.
 */
final class Branch {
  /** Entries that may wait for an earlier one. */
  private static final int EARLY_MAX_COUNT = 4_096;

  /** Former epochs a branch remembers. */
  private static final int HISTORY_MAX_COUNT = 16;

  /** Those who hear. */
  interface Audience {
    /** The next entry of the order. */
    void hear(Entry entry);

    /** Something without a place. */
    void hearLoose(Mail.Loose loose);

    /** Entries are missing here; what follows has an order of its own. */
    void gap();

    /** The group is no more. */
    void closed(byte[] message);
  }

  private final long group;
  private final Surroundings node;
  private final Audience audience;
  private final EntryLog log;
  private final Publications publications;
  private final TreeMap<Long, Entry> early = new TreeMap<>();
  private final Deque<Mail.Ordered> ahead = new ArrayDeque<>();
  private final Arrivals arrivals = new Arrivals();
  private final Deque<Mail.Census.Reign> history = new ArrayDeque<>();
  private Intent intent = Intent.JOIN;
  private @Nullable Charter charter;
  private Epoch promised = Epoch.NONE;
  private Epoch opened = Epoch.NONE;
  private String keeper = "";
  private long last;
  private long stable;
  private int members;
  private int told;
  private boolean awake;
  private boolean ackDue;
  private boolean lost;
  private boolean closed;
  private long attachedAtMillis = Long.MIN_VALUE >> 1;
  private long promisedAtMillis;
  private long waitingSinceMillis;
  private long usedAtMillis;
  private Set<Entry.Id> heard = Set.of();

  Branch(long group, Surroundings node, Audience audience, Publications publications) {
    this.group = group;
    this.node = node;
    this.audience = audience;
    this.publications = publications;
    Timing timing = node.timing();
    this.log = new EntryLog(timing.replayMillis(), timing.replayMaxBytes());
    this.usedAtMillis = node.nowMillis();
  }

  long group() {
    return group;
  }

  Optional<Charter> charter() {
    return Optional.ofNullable(charter);
  }

  /** Up to where everybody here has heard. */
  Place place() {
    return new Place(opened, last);
  }

  boolean isClosed() {
    return closed;
  }

  boolean isKeptHere() {
    return keeper.equals(node.self());
  }

  /** What came after a place; empty if some of it is not known here, or not any more. */
  Optional<List<Entry>> since(Place place) {
    return place.seq() <= last && isKnown(place) ? log.since(place.seq()) : Optional.empty();
  }

  /** Whether the place is one of the order that is heard here. */
  private boolean isKnown(Place place) {
    return place.epoch().equals(opened)
        || history.stream()
            .anyMatch(reign -> reign.epoch().equals(place.epoch()) && reign.end() >= place.seq());
  }

  /** Whether this branch is still to hear what somebody from another node has heard. */
  private boolean isBehind(Place place) {
    return place.epoch().equals(opened) ? place.seq() > last : place.epoch().isAfter(opened);
  }

  // What this node asks for

  /** The group is made if it is not there. */
  void ensure(Charter wanted, boolean isNew) {
    if (charter == null) {
      charter = wanted;
      intent = isNew ? Intent.MAKE : Intent.ENSURE;
    }
  }

  /**
   * Somebody is about to come: completes when the branch hears everything from now on, and after
   * {@code place}. It counts as a member from then on; if it does not come in after all, {@link
   * #changeMembers} says so.
   */
  CompletableFuture<Charter> arrive(Place place) {
    return await(true, place);
  }

  /** Completes when the group is there. */
  CompletableFuture<Charter> find() {
    return await(false, Place.NOW);
  }

  private CompletableFuture<Charter> await(boolean counts, Place place) {
    usedAtMillis = node.nowMillis();
    if (closed) {
      return CompletableFuture.failedFuture(Refusal.closed());
    }
    CompletableFuture<Charter> ready = arrivals.add(counts, place, deadline());
    advance();
    return ready;
  }

  /** Members came or went. */
  void changeMembers(int by) {
    members += by;
    usedAtMillis = node.nowMillis();
    ackDue = true;
  }

  /** Says something; completes when every node with members has it. */
  CompletableFuture<Void> publish(Utterance said, int channel) {
    if (closed) {
      return CompletableFuture.failedFuture(Refusal.closed());
    }
    CompletableFuture<Void> done = publications.add(said, channel, deadline());
    usedAtMillis = node.nowMillis();
    advance();
    return done;
  }

  private long deadline() {
    return node.nowMillis() + node.timing().deliveryMillis();
  }

  // Belonging

  private boolean isOpen() {
    return opened.equals(promised) && !opened.equals(Epoch.NONE) && !lost;
  }

  /** Goes on with whatever waits. */
  private void advance() {
    if (isOpen()) {
      publications.send(node, keeper, group, opened);
    }
    if (isOpen()) {
      admit();
    }
    attachIfNeeded();
  }

  private void admit() {
    if (!arrivals.isEmpty()) {
      arrivals.admit(
          arrival -> (awake || !arrival.counts()) && !isBehind(arrival.place()),
          Objects.requireNonNull(charter),
          () -> changeMembers(1));
    }
  }

  private void attachIfNeeded() {
    long now = node.nowMillis();
    if (needsHome() && now - attachedAtMillis >= Timing.ATTACH_RETRY_MILLIS) {
      attachedAtMillis = now;
      boolean present = members > 0;
      told = members + arrivals.memberCount();
      node.send(
          node.home(group),
          new Mail.Attach(
              group,
              opened.equals(Epoch.NONE) ? intent : Intent.ENSURE,
              charter(),
              promised,
              present ? opened : Epoch.NONE,
              present ? place() : arrivals.earliestPlace(),
              told));
    }
  }

  private boolean needsHome() {
    if (closed || (isIdle() && !isKeepsake())) {
      return false;
    }
    if (promised.isAfter(opened) && !opened.equals(Epoch.NONE)) {
      return node.nowMillis() - promisedAtMillis > Timing.PROMISE_MAX_MILLIS;
    }
    return !isOpen() || (!awake && !arrivals.isEmpty()) || !keeper.equals(node.home(group));
  }

  private boolean isIdle() {
    return members == 0 && arrivals.isEmpty() && publications.isEmpty();
  }

  /** A group that may be empty is remembered by every node that had to do with it. */
  private boolean isKeepsake() {
    return charter != null
        && !opened.equals(Epoch.NONE)
        && charter.options().allowEmpty()
        && !charter.isStatic();
  }

  /** True if the node may forget it. */
  boolean isOver() {
    return closed
        || (isIdle() && !isKeepsake() && node.nowMillis() - usedAtMillis > Timing.IDLE_MILLIS);
  }

  // Mail

  void on(Mail.Attached mail, String sender) {
    if (promised.isAfter(mail.epoch())) {
      return;
    }
    charter = mail.charter();
    if (mail.jump() || !opened.equals(mail.epoch())) {
      if (!opened.equals(mail.epoch())) {
        publications.failSent();
      }
      jump(mail.seq());
    }
    begin(mail.epoch(), sender, told > 0);
  }

  void on(Mail.Rejected mail, String sender) {
    switch (mail.why()) {
      case NOT_FOUND -> {
        if (!isOpen()) {
          fail(Refusal.notFound());
        }
      }
      case TOO_MANY -> fail(Refusal.noNewGroups("the group's home has as many as it may"));
      case NOT_HOME -> lost |= sender.equals(keeper);
    }
  }

  void on(Mail.Roll mail, String sender) {
    if (!promised.isAfter(mail.epoch())) {
      promised = mail.epoch();
      promisedAtMillis = node.nowMillis();
      usedAtMillis = node.nowMillis();
    }
    node.send(
        sender,
        new Mail.Census(
            group,
            mail.epoch(),
            promised,
            opened,
            last,
            members,
            opened.equals(Epoch.NONE) ? Optional.empty() : charter(),
            List.copyOf(history),
            members > 0 ? log.known(stable) : List.of()));
  }

  void on(Mail.Open mail, String sender) {
    if (!mail.epoch().equals(promised) || opened.equals(promised)) {
      return;
    }
    // What was waiting here for an earlier entry, nobody has heard: it will be said again.
    early.clear();
    mail.missed().forEach(this::place);
    if (mail.gap() || !awake) {
      publications.failSent();
    } else {
      publications.reopened(mail.incomplete());
    }
    history.add(new Mail.Census.Reign(opened, last));
    if (history.size() > HISTORY_MAX_COUNT) {
      history.removeFirst();
    }
    if (mail.gap()) {
      jump(mail.base());
    }
    last = Math.max(last, mail.base());
    charter = mail.charter();
    begin(mail.epoch(), sender, members > 0);
  }

  void on(Mail.Ordered mail) {
    if (promised.isAfter(mail.epoch())) {
      return;
    }
    if (!opened.equals(mail.epoch())) {
      // It overtook the news of its epoch.
      if (ahead.size() < EARLY_MAX_COUNT) {
        ahead.add(mail);
      }
      return;
    }
    stable = Math.max(stable, mail.stable());
    place(mail.entry());
    admit();
  }

  void on(Mail.Loose mail) {
    audience.hearLoose(mail);
  }

  void on(Mail.Confirmed mail) {
    if (mail.epoch().equals(opened)) {
      publications.confirm(mail);
    }
  }

  void on(Mail.Closed mail) {
    if (promised.isAfter(mail.epoch())) {
      return;
    }
    closed = true;
    members = 0;
    audience.closed(mail.message());
    fail(Refusal.closed());
  }

  /** A node went out of sight, or has just come in sight. */
  void onNode(String address) {
    lost |= address.equals(keeper);
    attachedAtMillis = Long.MIN_VALUE >> 1;
    advance();
  }

  private void begin(Epoch epoch, String sender, boolean counted) {
    promised = epoch;
    opened = epoch;
    keeper = sender;
    awake = counted;
    lost = false;
    ackDue = true;
    attachedAtMillis = Long.MIN_VALUE >> 1;
    early.headMap(last, true).clear();
    List<Mail.Ordered> overtaken = List.copyOf(ahead);
    ahead.clear();
    overtaken.forEach(this::on);
    advance();
  }

  /** What is between is lost to the members here. */
  private void jump(long seq) {
    early.clear();
    if (members > 0) {
      heard = log.ids();
      audience.gap();
    }
    log.jump(seq);
    history.clear();
    last = seq;
  }

  private void place(Entry entry) {
    if (entry.seq() <= last || early.size() >= EARLY_MAX_COUNT) {
      return;
    }
    if (early.isEmpty()) {
      waitingSinceMillis = node.nowMillis();
    }
    early.put(entry.seq(), entry);
    while (!early.isEmpty() && early.firstKey() == last + 1) {
      deliver(early.pollFirstEntry().getValue());
      waitingSinceMillis = node.nowMillis();
    }
  }

  private void deliver(Entry entry) {
    last = entry.seq();
    log.add(entry, node.nowMillis());
    ackDue = true;
    if (entry.origin().equals(node.self())) {
      publications.ordered(entry.publication());
    }
    // Only after a gap: an entry from before it may be ordered anew.
    if (heard.isEmpty() || !heard.contains(entry.id())) {
      audience.hear(entry);
    }
  }

  private void fail(CommandException why) {
    ackDue |= !arrivals.isEmpty();
    arrivals.fail(why);
    publications.failAll(why);
  }

  // Time

  /** Tells the ledger what has been delivered; true if there was anything to tell. */
  void acknowledge() {
    if (ackDue && isOpen()) {
      ackDue = false;
      int count = members + arrivals.memberCount();
      node.send(keeper, new Mail.Ack(group, opened, last, count));
      awake &= count > 0;
    }
  }

  boolean isAckDue() {
    return ackDue && isOpen();
  }

  /** Does what is due; false if nothing will be. */
  boolean onTime() {
    long now = node.nowMillis();
    ackDue |= arrivals.expire(now, Refusal.unreachable());
    publications.expire(now);
    advance();
    if (!early.isEmpty() && now - waitingSinceMillis >= Timing.MISSING_MILLIS && isOpen()) {
      waitingSinceMillis = now;
      node.send(keeper, new Mail.Missing(group, opened, last));
    }
    boolean logged = log.expire(now);
    if (!logged) {
      heard = Set.of();
    }
    return logged
        || needsHome()
        || promised.isAfter(opened)
        || !arrivals.isEmpty()
        || !publications.isEmpty()
        || !early.isEmpty()
        || (isIdle() && !isKeepsake());
  }
}
