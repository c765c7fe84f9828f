package dev.skein.group;

import dev.skein.group.Surroundings.Timing;
import dev.skein.protocol.group.GroupStat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A group at its home: knows which nodes have members, gives everything its place, and hears from
 * the branches what they have. Mail and time go in, mail comes out. Confined to the group's shard.
 *
 * <p>A ledger begins with a roll call of all nodes, unless the group is new: their answers promise
 * not to hear any former ledger, and {@link Flush} brings all branches to the same place.
 */
final class Ledger {
  /** Entries sent again at a time. */
  private static final int RESEND_MAX_COUNT = 256;

  private enum Phase {
    ROLLING,
    OPEN,
    OVER
  }

  /** What the ledger knows of a branch. */
  private static final class Sheet {
    int members;
    long acked;
    long progressAtMillis;

    Sheet(int members, long acked, long nowMillis) {
      this.members = members;
      this.acked = acked;
      this.progressAtMillis = nowMillis;
    }
  }

  /** An entry that not every branch has acknowledged. */
  private static final class Unconfirmed {
    final long seq;
    final String origin;
    final long publication;
    boolean incomplete;

    Unconfirmed(Entry entry) {
      this.seq = entry.seq();
      this.origin = entry.origin();
      this.publication = entry.publication();
    }
  }

  private final long group;
  private final Surroundings node;
  private final EntryLog log;
  private final Map<String, Sheet> sheets = new HashMap<>();
  private final ArrayDeque<Unconfirmed> unconfirmed = new ArrayDeque<>();
  private final Map<String, Mail.Attach> waiting = new LinkedHashMap<>();
  private final Map<String, Mail.Census> answers = new HashMap<>();
  private final Set<String> asked = new HashSet<>();
  private Phase phase = Phase.ROLLING;
  private @Nullable Charter charter;
  private Epoch epoch = Epoch.NONE;
  private long seq;
  private long base;
  private boolean settled = true;
  private boolean used;
  private boolean closed;
  private long rolledAtMillis;
  private long emptySinceMillis;

  Ledger(long group, Surroundings node) {
    this.group = group;
    this.node = node;
    Timing timing = node.timing();
    this.log = new EntryLog(timing.replayMillis(), timing.replayMaxBytes());
    this.emptySinceMillis = node.nowMillis();
  }

  long group() {
    return group;
  }

  Epoch epoch() {
    return epoch;
  }

  @Nullable Charter charter() {
    return charter;
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  boolean isOver() {
    return phase == Phase.OVER;
  }

  /** True if the group is no more, not only kept elsewhere. */
  boolean isClosed() {
    return closed;
  }

  GroupStat stat() {
    Charter of = java.util.Objects.requireNonNull(charter);
    return new GroupStat(
        of.id(), of.options().type(), total(), withMembers().size(), of.options().registered());
  }

  private long total() {
    return sheets.values().stream().mapToLong(sheet -> sheet.members).sum();
  }

  private List<String> withMembers() {
    List<String> addresses = new ArrayList<>();
    sheets.forEach((address, sheet) -> {
      if (sheet.members > 0) {
        addresses.add(address);
      }
    });
    return addresses;
  }

  // Beginning

  /** A branch wants to belong. */
  void on(Mail.Attach mail, String sender) {
    if (phase == Phase.ROLLING) {
      waiting.put(sender, mail);
      if (asked.isEmpty()) {
        begin(mail);
      }
    } else {
      // One that crossed the roll call on its way has been sent the new epoch already.
      take(mail, sender, epoch.isAfter(mail.promised()));
    }
  }

  /** Takes a branch in, or calls the roll again if it has a history this ledger does not know. */
  private void take(Mail.Attach mail, String sender, boolean crossedTheRoll) {
    boolean known =
        mail.opened().equals(Epoch.NONE)
            || mail.opened().equals(epoch)
            || (crossedTheRoll && sheets.containsKey(sender));
    if (phase == Phase.ROLLING) {
      waiting.put(sender, mail);
    } else if (known && !mail.promised().isAfter(epoch)) {
      accept(mail, sender);
    } else {
      waiting.put(sender, mail);
      roll(mail.promised());
    }
  }

  private void begin(Mail.Attach first) {
    if (first.intent() == Mail.Intent.MAKE && first.promised().equals(Epoch.NONE)) {
      epoch = Epoch.NONE.next(node.selfId());
      charter = first.charter().orElseThrow();
      phase = Phase.OPEN;
      acceptWaiting();
    } else {
      roll(first.promised());
    }
  }

  private void roll(Epoch after) {
    phase = Phase.ROLLING;
    epoch = Epoch.later(after, epoch).next(node.selfId());
    rolledAtMillis = node.nowMillis();
    answers.clear();
    asked.clear();
    asked.addAll(node.nodes());
    node.send(List.copyOf(asked), new Mail.Roll(group, epoch));
  }

  void on(Mail.Census mail, String sender) {
    if (phase != Phase.ROLLING || !mail.epoch().equals(epoch)) {
      return;
    }
    if (mail.promised().isAfter(epoch)) {
      // Somebody else began later. Go on only if this node is still meant to.
      if (node.home(group).equals(node.self())) {
        roll(mail.promised());
      } else {
        giveUp();
      }
      return;
    }
    answers.put(sender, mail);
    finishRollIfComplete();
  }

  private void finishRollIfComplete() {
    if (answers.keySet().containsAll(asked)) {
      finishRoll();
    }
  }

  private void finishRoll() {
    boolean silent = !answers.keySet().containsAll(asked);
    Epoch newest = Epoch.NONE;
    for (Mail.Census census : answers.values()) {
      if (census.charter().isPresent() && census.opened().isAfter(newest)) {
        newest = census.opened();
        charter = census.charter().get();
      }
    }
    for (Mail.Attach attach : waiting.values()) {
      if (charter == null && attach.intent() != Mail.Intent.JOIN) {
        charter = attach.charter().orElseThrow();
      }
    }
    if (charter == null) {
      reject(Mail.Rejected.Why.NOT_FOUND);
      return;
    }
    open(Flush.of(answers, silent));
    acceptWaiting();
  }

  private void open(Flush flush) {
    long now = node.nowMillis();
    Charter of = java.util.Objects.requireNonNull(charter);
    phase = Phase.OPEN;
    seq = Math.max(seq, flush.base());
    base = seq;
    settled = false;
    unconfirmed.clear();
    log.jump(seq);
    sheets.clear();
    answers.forEach((address, census) -> {
      Flush.Share share = flush.shares().get(address);
      if (share != null) {
        sheets.put(address, new Sheet(census.members(), base - 1, now));
        node.send(
            address,
            new Mail.Open(of, epoch, base, share.missed(), share.gap(), flush.incomplete()));
      }
    });
    used |= !sheets.isEmpty();
    emptySinceMillis = now;
    answers.clear();
    asked.clear();
    confirm();
  }

  private void acceptWaiting() {
    Map<String, Mail.Attach> all = new LinkedHashMap<>(waiting);
    waiting.clear();
    all.forEach((sender, attach) -> take(attach, sender, true));
  }

  private void accept(Mail.Attach mail, String sender) {
    Sheet sheet = sheets.get(sender);
    boolean knows = mail.opened().equals(epoch);
    if (sheet != null && sheet.members > 0 && !knows && mail.opened().isAfter(Epoch.NONE)) {
      // It has answered the roll call and been sent the new epoch; that is enough.
      sheet.members = Math.max(sheet.members, mail.members());
      return;
    }
    Place heard = mail.heard();
    boolean kept =
        heard.epoch().equals(epoch) && heard.seq() <= seq && log.since(heard.seq()).isPresent();
    long from = kept ? heard.seq() : seq;
    sheets.put(sender, new Sheet(mail.members(), from, node.nowMillis()));
    used |= mail.members() > 0;
    Charter of = java.util.Objects.requireNonNull(charter);
    node.send(sender, new Mail.Attached(of, epoch, from, !(knows && kept)));
    resend(sender, from);
    confirm();
  }

  private void reject(Mail.Rejected.Why why) {
    waiting.keySet().forEach(sender -> node.send(sender, new Mail.Rejected(group, why)));
    waiting.clear();
    phase = Phase.OVER;
  }

  /** Another node is the home now: nothing more is ordered here. */
  void giveUp() {
    reject(Mail.Rejected.Why.NOT_HOME);
  }

  // Ordering

  void on(Mail.Publish mail, String sender) {
    if (phase != Phase.OPEN || !mail.epoch().equals(epoch)) {
      return;
    }
    if (!sheets.containsKey(sender)) {
      node.send(sender, new Mail.Rejected(group, Mail.Rejected.Why.NOT_HOME));
    } else if (mail.said().kind() == Utterance.Kind.CLOSE) {
      node.send(
          sender, new Mail.Confirmed(group, epoch, false, List.of(mail.publication()), List.of()));
      close(mail.said().data());
    } else if (mail.channel() != Mail.RELIABLY) {
      node.send(withMembers(), new Mail.Loose(group, mail.channel(), mail.said()));
    } else {
      order(new Entry(++seq, sender, mail.publication(), mail.said()));
    }
  }

  private void order(Entry entry) {
    log.add(entry, node.nowMillis());
    long stable = stable();
    for (Sheet sheet : sheets.values()) {
      if (sheet.acked == entry.seq() - 1) {
        // It was idle, not slow.
        sheet.progressAtMillis = node.nowMillis();
      }
    }
    unconfirmed.add(new Unconfirmed(entry));
    node.send(withMembers(), new Mail.Ordered(group, epoch, entry, Math.min(stable, seq)));
    confirm();
  }

  void on(Mail.Ack mail, String sender) {
    Sheet sheet = phase == Phase.OPEN ? sheets.get(sender) : null;
    if (!mail.epoch().equals(epoch)) {
      return;
    }
    if (sheet == null) {
      if (phase == Phase.OPEN) {
        node.send(sender, new Mail.Rejected(group, Mail.Rejected.Why.NOT_HOME));
      }
      return;
    }
    if (mail.seq() > sheet.acked) {
      sheet.acked = mail.seq();
      sheet.progressAtMillis = node.nowMillis();
    }
    if (sheet.members > 0 && mail.members() == 0) {
      emptySinceMillis = node.nowMillis();
    }
    sheet.members = mail.members();
    used |= sheet.members > 0;
    confirm();
  }

  void on(Mail.Missing mail, String sender) {
    if (phase == Phase.OPEN && mail.epoch().equals(epoch) && sheets.containsKey(sender)) {
      resend(sender, mail.seq());
    }
  }

  private void resend(String address, long after) {
    log.known(after).stream()
        .limit(RESEND_MAX_COUNT)
        .forEach(entry ->
            node.send(address, new Mail.Ordered(group, epoch, entry, Math.min(stable(), seq))));
  }

  /** The place up to which every branch with members has everything. */
  private long stable() {
    long stable = Long.MAX_VALUE;
    for (Sheet sheet : sheets.values()) {
      if (sheet.members > 0) {
        stable = Math.min(stable, sheet.acked);
      }
    }
    return stable;
  }

  /** Tells the publishers what everybody has acknowledged. */
  private void confirm() {
    long stable = stable();
    boolean settles = !settled && stable >= base;
    settled |= settles;
    Map<String, List<Long>> complete = new HashMap<>();
    Map<String, List<Long>> incomplete = new HashMap<>();
    while (!unconfirmed.isEmpty() && unconfirmed.getFirst().seq <= stable) {
      Unconfirmed done = unconfirmed.removeFirst();
      (done.incomplete ? incomplete : complete)
          .computeIfAbsent(done.origin, origin -> new ArrayList<>())
          .add(done.publication);
    }
    Set<String> origins = new HashSet<>(complete.keySet());
    origins.addAll(incomplete.keySet());
    if (settles) {
      origins.addAll(sheets.keySet());
    }
    for (String origin : origins) {
      List<Long> good = complete.getOrDefault(origin, List.of());
      List<Long> bad = incomplete.getOrDefault(origin, List.of());
      node.send(origin, new Mail.Confirmed(group, epoch, settles, good, bad));
    }
  }

  // Ending

  /** A branch does not answer or is out of sight: what it has not acknowledged it may not have. */
  private void drop(String address) {
    Sheet dropped = sheets.remove(address);
    if (dropped == null || dropped.members == 0) {
      return;
    }
    emptySinceMillis = node.nowMillis();
    for (Unconfirmed each : unconfirmed) {
      each.incomplete |= each.seq > dropped.acked;
    }
    if (dropped.acked < base && !settled) {
      // Nobody can say any more that everybody has what was said before this epoch.
      settled = true;
    }
    confirm();
  }

  void close(byte[] message) {
    for (String address : List.copyOf(sheets.keySet())) {
      node.send(address, new Mail.Closed(group, epoch, message));
    }
    phase = Phase.OVER;
    closed = true;
  }

  /** A node went out of sight. */
  void onNodeLost(String address) {
    asked.remove(address);
    answers.remove(address);
    waiting.remove(address);
    if (phase == Phase.ROLLING) {
      if (!asked.isEmpty()) {
        finishRollIfComplete();
      }
    } else {
      drop(address);
    }
  }

  /** Does what is due; false if nothing will be. */
  boolean onTime() {
    long now = node.nowMillis();
    return switch (phase) {
      case OVER -> false;
      case ROLLING -> {
        if (now - rolledAtMillis > Timing.ROLL_MILLIS) {
          finishRoll();
        }
        yield true;
      }
      case OPEN -> {
        boolean logged = log.expire(now);
        boolean behind = wakeLaggards(now);
        if (total() == 0 && isDueToClose(now)) {
          close(new byte[0]);
        }
        yield logged || behind || total() == 0;
      }
    };
  }

  private boolean isDueToClose(long now) {
    GroupOptions options = java.util.Objects.requireNonNull(charter).options();
    if (charter.isStatic()) {
      return false;
    }
    if (used && !options.allowEmpty()) {
      return true;
    }
    return options.emptyTtlMillis() > 0 && now - emptySinceMillis >= options.emptyTtlMillis();
  }

  private boolean wakeLaggards(long now) {
    boolean behind = false;
    for (Map.Entry<String, Sheet> each : List.copyOf(sheets.entrySet())) {
      Sheet sheet = each.getValue();
      if (sheet.members == 0 || sheet.acked >= seq) {
        continue;
      }
      behind = true;
      long silentMillis = now - sheet.progressAtMillis;
      if (silentMillis >= node.timing().deliveryMillis()) {
        drop(each.getKey());
      } else if (silentMillis >= Timing.RESEND_MILLIS) {
        resend(each.getKey(), sheet.acked);
      }
    }
    return behind;
  }
}
