package dev.skein.dive;

import dev.skein.mesh.Store;
import dev.skein.module.StoreAnswer;
import dev.skein.protocol.dive.DiveOperation;
import dev.skein.protocol.dive.DiveReply;
import dev.skein.protocol.dive.End;
import dev.skein.protocol.payload.Value;
import dev.skein.server.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be done to a key. Runs where the key lives, so nothing comes between reading and
 * writing. Pure; any thread.
 */
final class EntryOperator implements Store.Operator {
  private final StorageOptions options;

  EntryOperator(StorageOptions options) {
    this.options = options;
  }

  @Override
  public Store.Outcome run(byte @Nullable [] current, byte[] operation, long nowMillis) {
    DiveOperation wanted =
        DiveOperation.decode(operation)
            .orElseThrow(() -> new IllegalArgumentException("not an operation of Dive"));
    Optional<Entry> entry = Entry.decode(current, nowMillis);
    try {
      return run(new Turn(current, entry, nowMillis), wanted);
    } catch (CommandException refused) {
      return new Store.Outcome(current, 0, StoreAnswer.refused(refused));
    }
  }

  private Store.Outcome run(Turn turn, DiveOperation wanted) {
    return switch (wanted) {
      case DiveOperation.Get get -> turn.unchanged(read(turn.entry, wanted, turn.nowMillis));
      case DiveOperation.Ttl ttl -> turn.unchanged(read(turn.entry, wanted, turn.nowMillis));
      case DiveOperation.Range range -> turn.unchanged(read(turn.entry, wanted, turn.nowMillis));
      case DiveOperation.Set set -> set(turn, set.value(), set.ttlMillis());
      case DiveOperation.SetIfAbsent set ->
          turn.entry.isPresent()
              ? turn.unchanged(new DiveReply.Done(false))
              : set(turn, set.value(), set.ttlMillis());
      case DiveOperation.Delete delete ->
          new Store.Outcome(null, 0, ok(new DiveReply.Done(turn.entry.isPresent())));
      case DiveOperation.Expire expire -> expire(turn, expire.ttlMillis());
      case DiveOperation.Increment increment -> increment(turn, increment.delta());
      case DiveOperation.Push push -> push(turn, push);
      case DiveOperation.Pop pop -> pop(turn, pop.end());
    };
  }

  /** One key at one moment. */
  private record Turn(byte @Nullable [] current, Optional<Entry> entry, long nowMillis) {
    Store.Outcome unchanged(DiveReply reply) {
      return new Store.Outcome(current, 0, ok(reply));
    }

    Store.Outcome become(Entry next, DiveReply reply) {
      return new Store.Outcome(next.encode(), next.remainingMillis(nowMillis), ok(reply));
    }

    long expiresAtMillis() {
      return entry.map(Entry::expiresAtMillis).orElse(Entry.NEVER_MILLIS);
    }
  }

  private static byte[] ok(DiveReply reply) {
    return StoreAnswer.ok(reply.encode());
  }

  /** The answer to an operation that changes nothing. */
  static DiveReply read(Optional<Entry> entry, DiveOperation wanted, long nowMillis) {
    return switch (wanted) {
      case DiveOperation.Get get -> new DiveReply.Found(entry.map(EntryOperator::value));
      case DiveOperation.Ttl ttl ->
          new DiveReply.Remaining(
              entry.isPresent(), entry.map(there -> there.remainingMillis(nowMillis)).orElse(0L));
      case DiveOperation.Range range -> {
        List<Value> values = entry.map(EntryOperator::values).orElse(List.of());
        int to = Math.min(range.to(), values.size());
        int from = Math.min(range.from(), to);
        to = Math.min(to, from + DiveOperation.VALUES_MAX_COUNT);
        yield new DiveReply.Items(values.subList(from, to));
      }
      case DiveOperation.Set _,
          DiveOperation.SetIfAbsent _,
          DiveOperation.Delete _,
          DiveOperation.Expire _,
          DiveOperation.Increment _,
          DiveOperation.Push _,
          DiveOperation.Pop _ ->
          throw new IllegalArgumentException(wanted + " is no reading");
    };
  }

  private static Value value(Entry entry) {
    return switch (entry) {
      case Entry.One(Value value, long _) -> value;
      case Entry.Many _ -> throw Refusal.wrongType("the key holds a list");
    };
  }

  private static List<Value> values(Entry entry) {
    return switch (entry) {
      case Entry.One _ -> throw Refusal.wrongType("the key holds a single value");
      case Entry.Many(List<Value> values, long _) -> values;
    };
  }

  private Store.Outcome set(Turn turn, Value value, long ttlMillis) {
    check(value);
    long expiresAtMillis = Entry.expiryMillis(ttl(ttlMillis), turn.nowMillis);
    return turn.become(new Entry.One(value, expiresAtMillis), new DiveReply.Done(true));
  }

  private static Store.Outcome expire(Turn turn, long ttlMillis) {
    if (turn.entry.isEmpty()) {
      return turn.unchanged(new DiveReply.Done(false));
    }
    long expiresAtMillis = Entry.expiryMillis(bounded(ttlMillis), turn.nowMillis);
    Entry longer =
        switch (turn.entry.get()) {
          case Entry.One(Value value, long _) -> new Entry.One(value, expiresAtMillis);
          case Entry.Many(List<Value> values, long _) -> new Entry.Many(values, expiresAtMillis);
        };
    return turn.become(longer, new DiveReply.Done(true));
  }

  private Store.Outcome increment(Turn turn, long delta) {
    Value before = turn.entry.map(EntryOperator::value).orElse(Value.of(0));
    if (!(before instanceof Value.Whole(long number))) {
      throw Refusal.wrongType("the key holds no whole number");
    }
    long sum = number + delta;
    if (((number ^ sum) & (delta ^ sum)) < 0) {
      throw Refusal.outOfRange();
    }
    return turn.become(new Entry.One(Value.of(sum), keptOrNew(turn)), new DiveReply.Sum(sum));
  }

  private Store.Outcome push(Turn turn, DiveOperation.Push push) {
    List<Value> values = new ArrayList<>(turn.entry.map(EntryOperator::values).orElse(List.of()));
    for (Value value : push.values()) {
      check(value);
      switch (push.end()) {
        case FIRST -> values.addFirst(value);
        case LAST -> values.addLast(value);
      }
    }
    if (values.size() > options.listMaxCount()) {
      throw Refusal.tooLarge("the list");
    }
    DiveReply reply = new DiveReply.Size(values.size());
    if (values.isEmpty()) {
      return turn.unchanged(reply);
    }
    Entry longer = new Entry.Many(values, keptOrNew(turn));
    Store.Outcome outcome = turn.become(longer, reply);
    if (outcome.value() != null && outcome.value().length > options.listMaxBytes()) {
      throw Refusal.tooLarge("the list");
    }
    return outcome;
  }

  private static Store.Outcome pop(Turn turn, End end) {
    if (turn.entry.isEmpty()) {
      return turn.unchanged(new DiveReply.Found(Optional.empty()));
    }
    List<Value> values = new ArrayList<>(values(turn.entry.get()));
    Value taken = end == End.FIRST ? values.removeFirst() : values.removeLast();
    DiveReply reply = new DiveReply.Found(Optional.of(taken));
    return values.isEmpty()
        ? new Store.Outcome(null, 0, ok(reply))
        : turn.become(new Entry.Many(values, turn.expiresAtMillis()), reply);
  }

  /** A number or list that grows keeps its time; a new one gets the storage's. */
  private long keptOrNew(Turn turn) {
    return turn.entry.isPresent()
        ? turn.expiresAtMillis()
        : Entry.expiryMillis(options.defaultTtlMillis(), turn.nowMillis);
  }

  private long ttl(long wantedMillis) {
    return wantedMillis == 0 ? options.defaultTtlMillis() : bounded(wantedMillis);
  }

  /** A client may ask for more than the sum with the time now can hold. */
  private static long bounded(long ttlMillis) {
    return Math.min(ttlMillis, StorageOptions.TTL_MAX_MILLIS);
  }

  private void check(Value value) {
    if (value.contentBytes() > options.valueMaxBytes()) {
      throw Refusal.tooLarge("the value");
    }
  }
}
