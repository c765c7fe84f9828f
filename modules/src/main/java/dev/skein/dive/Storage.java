package dev.skein.dive;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.Store;
import dev.skein.module.Answers;
import dev.skein.module.Malformed;
import dev.skein.module.StoreAnswer;
import dev.skein.protocol.Code;
import dev.skein.protocol.dive.DiveOperation;
import dev.skein.protocol.dive.DiveReply;
import dev.skein.protocol.dive.DiveRequest;
import dev.skein.protocol.dive.End;
import dev.skein.protocol.payload.Value;
import dev.skein.server.CommandException;
import dev.skein.server.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keys and values of the whole cluster. Any thread may call, nothing blocks. Operations on one key
 * happen one after the other, each as a whole, where the key lives; a stage completes when all
 * copies are made, and what is asked after that sees it, from any node (with a near cache, a little
 * later). The stages fail with {@link CommandException}, whose code is one of {@link
 * dev.skein.protocol.dive.DiveCode}: thrown out of a command handler it answers the client. A node
 * that is cut off with the smaller part of the cluster fails with UNAVAILABLE and writes nothing.
 *
 * <p>A key is 1 to 256 bytes of UTF-8. Times to live are exact to the millisecond of the clock of
 * the key's node; {@link Duration#ZERO} is for ever.
 */
public final class Storage {
  private final StorageOptions options;
  private final Store store;
  private final LongSupplier clock;
  private final Metrics.Counter readings;
  private final Metrics.Counter writings;
  private final Metrics.Counter unavailable;

  Storage(StorageOptions options, Store store, LongSupplier clock, Metrics metrics) {
    this.options = options;
    this.store = store;
    this.clock = clock;
    this.readings = metrics.counter("skein.dive.readings", "Dive readings");
    this.writings = metrics.counter("skein.dive.writings", "Dive writings");
    this.unavailable =
        metrics.counter("skein.dive.unavailable", "Dive operations the cluster did not answer");
  }

  public String name() {
    return options.name();
  }

  public StorageOptions options() {
    return options;
  }

  /** The mesh address of the node where the key lives now. */
  public String owner(String key) {
    return store.owner(key);
  }

  // Values

  /** The value; empty if the key is not there. Refused for a list. */
  public CompletionStage<Optional<Value>> get(String key) {
    return look(key, new DiveOperation.Get(), DiveReply.Found.class)
        .thenApply(DiveReply.Found::value);
  }

  /** Sets the value, whatever was there, for the storage's default time. */
  public CompletionStage<Void> set(String key, Value value) {
    return set(key, value, Duration.ZERO);
  }

  /**
   * Sets the value, whatever was there.
   *
   * @param ttl after which it goes; zero: the storage's default time
   */
  public CompletionStage<Void> set(String key, Value value, Duration ttl) {
    return done(key, new DiveOperation.Set(value, millis(ttl))).thenAccept(always -> {});
  }

  /** Sets the value if nothing is there; false if something is. */
  public CompletionStage<Boolean> setIfAbsent(String key, Value value) {
    return setIfAbsent(key, value, Duration.ZERO);
  }

  /** The same with a time to live; zero: the storage's default time. */
  public CompletionStage<Boolean> setIfAbsent(String key, Value value, Duration ttl) {
    return done(key, new DiveOperation.SetIfAbsent(value, millis(ttl)));
  }

  /** Removes value or list; false if nothing was there. */
  public CompletionStage<Boolean> delete(String key) {
    return done(key, new DiveOperation.Delete());
  }

  /**
   * Adds to a whole number; one that is not there counts as zero. Its time to live stays as it is.
   *
   * @return the number now
   */
  public CompletionStage<Long> increment(String key, long delta) {
    return ask(key, new DiveOperation.Increment(delta), DiveReply.Sum::decode, DiveReply.Sum::now);
  }

  // Time to live

  /** Gives what is there another time, from now; zero: for ever. False if nothing is there. */
  public CompletionStage<Boolean> expire(String key, Duration ttl) {
    return done(key, new DiveOperation.Expire(millis(ttl)));
  }

  /** How long the key has to live; zero: for ever; empty: it is not there. */
  public CompletionStage<Optional<Duration>> ttl(String key) {
    return ask(
        key,
        new DiveOperation.Ttl(),
        DiveReply.Remaining::decode,
        remaining ->
            remaining.there()
                ? Optional.of(Duration.ofMillis(remaining.ttlMillis()))
                : Optional.empty());
  }

  // Lists

  /** Puts values before the first, one after the other; makes the list if it is not there. */
  public CompletionStage<Integer> pushFirst(String key, Value... values) {
    return push(key, End.FIRST, values);
  }

  /**
   * Puts values after the last, one after the other; makes the list if it is not there.
   *
   * @return how many values the list has now
   */
  public CompletionStage<Integer> pushLast(String key, Value... values) {
    return push(key, End.LAST, values);
  }

  /** Takes the first value; empty if there is no list. With its last value the list goes. */
  public CompletionStage<Optional<Value>> popFirst(String key) {
    return pop(key, End.FIRST);
  }

  /** Takes the last value; empty if there is no list. With its last value the list goes. */
  public CompletionStage<Optional<Value>> popLast(String key) {
    return pop(key, End.LAST);
  }

  /**
   * The values of a list from an index to before another, at most 1,000; none beyond its end.
   *
   * @throws IllegalArgumentException if an index is negative
   */
  public CompletionStage<List<Value>> range(String key, int from, int to) {
    if (from < 0 || to < 0) {
      throw new IllegalArgumentException("range " + from + " to " + to + " is negative");
    }
    return ask(
        key, new DiveOperation.Range(from, to), DiveReply.Items::decode, DiveReply.Items::values);
  }

  private CompletionStage<Integer> push(String key, End end, Value... values) {
    return ask(
        key,
        new DiveOperation.Push(end, List.of(values)),
        DiveReply.Size::decode,
        DiveReply.Size::count);
  }

  private CompletionStage<Optional<Value>> pop(String key, End end) {
    return ask(key, new DiveOperation.Pop(end), DiveReply.Found::decode, DiveReply.Found::value);
  }

  private CompletionStage<Boolean> done(String key, DiveOperation operation) {
    return ask(key, operation, DiveReply.Done::decode, DiveReply.Done::done);
  }

  private <R extends DiveReply, T> CompletionStage<T> ask(
      String key,
      DiveOperation operation,
      Function<byte[], Optional<R>> decoder,
      Function<R, T> result) {
    return run(key, operation)
        .thenApply(payload -> decoder.apply(payload).map(result).orElseThrow());
  }

  /** A reading of the server's own, which needs no bytes between. */
  private <R extends DiveReply> CompletionStage<R> look(
      String key, DiveOperation reading, Class<R> kind) {
    return checked(key, () -> read(key, reading).thenApply(kind::cast));
  }

  /** Does it; gives the payload of the reply. */
  CompletionStage<byte[]> run(String key, DiveOperation operation) {
    return checked(key, () -> perform(key, operation));
  }

  /** With a key that may be one, and with the exceptions this class promises. */
  private <T> CompletionStage<T> checked(String key, Supplier<CompletionStage<T>> operation) {
    int keyBytes = StorageOptions.utf8Bytes(key);
    if (keyBytes == 0 || keyBytes > DiveRequest.KEY_MAX_BYTES) {
      return CompletableFuture.failedFuture(
          keyBytes == 0 ? Malformed.field("a key must not be empty") : Refusal.tooLarge("the key"));
    }
    return operation
        .get()
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(explain(failure)));
  }

  private CompletionStage<byte[]> perform(String key, DiveOperation operation) {
    return switch (operation) {
      case DiveOperation.Get _, DiveOperation.Ttl _, DiveOperation.Range _ ->
          read(key, operation).thenApply(DiveReply::encode);
      case DiveOperation.Set _,
          DiveOperation.SetIfAbsent _,
          DiveOperation.Delete _,
          DiveOperation.Expire _,
          DiveOperation.Increment _,
          DiveOperation.Push _,
          DiveOperation.Pop _ -> {
        writings.increment();
        yield store.apply(key, operation.encode()).thenApply(StoreAnswer::payload);
      }
    };
  }

  private CompletionStage<DiveReply> read(String key, DiveOperation operation) {
    readings.increment();
    return store
        .get(key)
        .thenApply(kept -> {
          long nowMillis = clock.getAsLong();
          Optional<Entry> entry = Entry.decode(kept.orElse(null), nowMillis);
          return EntryOperator.read(entry, operation, nowMillis);
        });
  }

  private CommandException explain(Throwable failure) {
    return switch (Answers.cause(failure)) {
      case CommandException refused -> refused;
      case MeshException.NetworkFailed noAnswer -> {
        unavailable.increment();
        yield Refusal.unavailable(String.valueOf(noAnswer.getMessage()));
      }
      case Throwable other ->
          CommandException.err(Code.INTERNAL, "the storage failed: " + other.getMessage());
    };
  }

  private static long millis(Duration ttl) {
    long millis = ttl.toMillis();
    if (ttl.isNegative() || millis > StorageOptions.TTL_MAX_MILLIS) {
      throw new IllegalArgumentException("ttl " + ttl + " is negative or above ten years");
    }
    return ttl.isZero() ? 0 : Math.max(1, millis);
  }
}
