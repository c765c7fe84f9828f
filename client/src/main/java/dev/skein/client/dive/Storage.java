package dev.skein.client.dive;

import dev.skein.client.Client;
import dev.skein.protocol.Channel;
import dev.skein.protocol.dive.DiveCmd;
import dev.skein.protocol.dive.DiveOperation;
import dev.skein.protocol.dive.DiveReply;
import dev.skein.protocol.dive.DiveRequest;
import dev.skein.protocol.dive.End;
import dev.skein.protocol.payload.Value;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A storage of the server's cluster that clients may use: {@code Storage.of(client, "scores")}. Any
 * thread may call. A future completes when the operation is done; of two that are under way at the
 * same time either may be first. Futures fail with {@link dev.skein.client.CommandFailed}, whose
 * code is one of {@link dev.skein.protocol.dive.DiveCode}. A zero time to live is the storage's
 * default, or for ever.
 */
public final class Storage {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final Client client;
  private final String name;

  private Storage(Client client, String name) {
    this.client = client;
    this.name = name;
  }

  /** The storage of this name, whether it is there or not. */
  public static Storage of(Client client, String name) {
    return new Storage(client, name);
  }

  public String name() {
    return name;
  }

  /** The value; empty if the key is not there. */
  public CompletableFuture<Optional<Value>> get(String key) {
    return call(key, new DiveOperation.Get(), DiveReply.Found::decode, DiveReply.Found::value);
  }

  /** Sets the value, whatever was there. */
  public CompletableFuture<Void> set(String key, Value value, Duration ttl) {
    return done(key, new DiveOperation.Set(value, ttl.toMillis())).thenAccept(always -> {});
  }

  /** Sets the value if nothing is there; false if something is. */
  public CompletableFuture<Boolean> setIfAbsent(String key, Value value, Duration ttl) {
    return done(key, new DiveOperation.SetIfAbsent(value, ttl.toMillis()));
  }

  /** Removes value or list; false if nothing was there. */
  public CompletableFuture<Boolean> delete(String key) {
    return done(key, new DiveOperation.Delete());
  }

  /** Gives what is there another time, from now; false if nothing is there. */
  public CompletableFuture<Boolean> expire(String key, Duration ttl) {
    return done(key, new DiveOperation.Expire(ttl.toMillis()));
  }

  /** How long the key has to live; zero: for ever; empty: it is not there. */
  public CompletableFuture<Optional<Duration>> ttl(String key) {
    return call(
        key,
        new DiveOperation.Ttl(),
        DiveReply.Remaining::decode,
        remaining ->
            remaining.there()
                ? Optional.of(Duration.ofMillis(remaining.ttlMillis()))
                : Optional.empty());
  }

  /** Adds to a whole number, one that is not there counts as zero; gives the sum. */
  public CompletableFuture<Long> increment(String key, long delta) {
    return call(key, new DiveOperation.Increment(delta), DiveReply.Sum::decode, DiveReply.Sum::now);
  }

  /** Adds to an end of a list, one value after the other; gives its size. */
  public CompletableFuture<Integer> push(String key, End end, List<Value> values) {
    return call(
        key, new DiveOperation.Push(end, values), DiveReply.Size::decode, DiveReply.Size::count);
  }

  /** Takes a value from an end of a list; empty if there is no list. */
  public CompletableFuture<Optional<Value>> pop(String key, End end) {
    return call(key, new DiveOperation.Pop(end), DiveReply.Found::decode, DiveReply.Found::value);
  }

  /** The values of a list from an index to before another, at most 1,000. */
  public CompletableFuture<List<Value>> range(String key, int from, int to) {
    return call(
        key, new DiveOperation.Range(from, to), DiveReply.Items::decode, DiveReply.Items::values);
  }

  private CompletableFuture<Boolean> done(String key, DiveOperation operation) {
    return call(key, operation, DiveReply.Done::decode, DiveReply.Done::done);
  }

  private <R, T> CompletableFuture<T> call(
      String key,
      DiveOperation operation,
      Function<byte[], Optional<R>> decoder,
      Function<R, T> result) {
    byte[] payload = new DiveRequest(name, key, operation).encode();
    return client
        .call(DiveCmd.VER, operation.cmd(), payload, Channel.ordered(0), CALL_TIMEOUT)
        .thenApply(answer ->
            decoder
                .apply(answer)
                .map(result)
                .orElseThrow(() -> new IllegalStateException("the server's answer is malformed")));
  }
}
