package dev.skein.dive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.Store;
import dev.skein.module.StoreAnswer;
import dev.skein.protocol.dive.DiveCode;
import dev.skein.protocol.dive.DiveOperation;
import dev.skein.protocol.dive.DiveReply;
import dev.skein.protocol.dive.End;
import dev.skein.protocol.payload.Value;
import dev.skein.server.CommandException;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What can be done to one key, at which time. */
class EntryOperatorTest {
  private static final long NOW = 1_000_000;

  private final EntryOperator operator =
      new EntryOperator(
          StorageOptions.named("s").toBuilder()
              .valueMaxBytes(10)
              .listMaxCount(3)
              .listMaxBytes(40)
              .build());
  private byte @Nullable [] kept;
  private long ttlMillis;
  private long nowMillis = NOW;

  private byte[] run(DiveOperation operation) {
    Store.Outcome outcome = operator.run(kept, operation.encode(), nowMillis);
    if (outcome.value() != kept) {
      ttlMillis = outcome.ttlMillis();
    }
    kept = outcome.value();
    return StoreAnswer.payload(outcome.answer());
  }

  private boolean done(DiveOperation operation) {
    return DiveReply.Done.decode(run(operation)).orElseThrow().done();
  }

  private Optional<Value> found(DiveOperation operation) {
    return DiveReply.Found.decode(run(operation)).orElseThrow().value();
  }

  private long sum(long delta) {
    return DiveReply.Sum.decode(run(new DiveOperation.Increment(delta))).orElseThrow().now();
  }

  private int push(End end, Value... values) {
    return DiveReply.Size.decode(run(new DiveOperation.Push(end, List.of(values))))
        .orElseThrow()
        .count();
  }

  private List<Value> range(int from, int to) {
    return DiveReply.Items.decode(run(new DiveOperation.Range(from, to))).orElseThrow().values();
  }

  private static void assertRefused(int code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CommandException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  @Test
  void aValueIsReadAsItWasSetUntilItIsDeleted() {
    assertThat(found(new DiveOperation.Get())).isEmpty();
    assertThat(done(new DiveOperation.Set(Value.of("a"), 0))).isTrue();
    assertThat(found(new DiveOperation.Get())).contains(Value.of("a"));
    assertThat(done(new DiveOperation.Delete())).isTrue();
    assertThat(kept).isNull();
    assertThat(done(new DiveOperation.Delete())).isFalse();
  }

  @Test
  void onlyTheFirstSetsIfAbsent() {
    assertThat(done(new DiveOperation.SetIfAbsent(Value.of(1), 0))).isTrue();
    assertThat(done(new DiveOperation.SetIfAbsent(Value.of(2), 0))).isFalse();
    assertThat(found(new DiveOperation.Get())).contains(Value.of(1));
  }

  @Test
  void aValueIsThereUntilItsTimeIsOverAndNotAMillisecondLonger() {
    done(new DiveOperation.Set(Value.of(1), 5_000));
    assertThat(ttlMillis).isEqualTo(5_000);
    nowMillis = NOW + 4_999;
    assertThat(found(new DiveOperation.Get())).isPresent();
    nowMillis = NOW + 5_000;
    assertThat(found(new DiveOperation.Get())).isEmpty();
    assertThat(done(new DiveOperation.SetIfAbsent(Value.of(2), 0))).isTrue();
  }

  @Test
  void anIncrementKeepsTheTimeToLive() {
    done(new DiveOperation.Set(Value.of(1), 5_000));
    nowMillis += 2_000;
    assertThat(sum(4)).isEqualTo(5);
    assertThat(ttlMillis).isEqualTo(3_000);
    DiveReply.Remaining remaining =
        DiveReply.Remaining.decode(run(new DiveOperation.Ttl())).orElseThrow();
    assertThat(remaining).isEqualTo(new DiveReply.Remaining(true, 3_000));
    assertThat(done(new DiveOperation.Expire(0))).isTrue();
    assertThat(ttlMillis).isZero();
  }

  @Test
  void aTimeBeyondAllBoundsIsCut() {
    done(new DiveOperation.Set(Value.of(1), Long.MAX_VALUE >>> 2));
    nowMillis += 1_000_000_000;
    assertThat(found(new DiveOperation.Get())).isPresent();
  }

  @Test
  void sumsThatDoNotFitAreRefusedAndChangeNothing() {
    assertThat(sum(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertRefused(DiveCode.OUT_OF_RANGE, () -> sum(1));
    assertThat(sum(-1)).isEqualTo(Long.MAX_VALUE - 1);
  }

  @Test
  void aListGrowsAtBothEndsAndGoesWithItsLastValue() {
    assertThat(push(End.LAST, Value.of(2), Value.of(3))).isEqualTo(2);
    assertThat(push(End.FIRST, Value.of(1))).isEqualTo(3);
    assertThat(range(0, 100)).containsExactly(Value.of(1), Value.of(2), Value.of(3));
    assertThat(range(1, 2)).containsExactly(Value.of(2));
    assertThat(range(7, 9)).isEmpty();
    assertThat(range(2, 1)).isEmpty();
    assertRefused(DiveCode.TOO_LARGE, () -> push(End.LAST, Value.of(4)));
    assertThat(found(new DiveOperation.Pop(End.FIRST))).contains(Value.of(1));
    assertThat(found(new DiveOperation.Pop(End.LAST))).contains(Value.of(3));
    assertThat(found(new DiveOperation.Pop(End.LAST))).contains(Value.of(2));
    assertThat(kept).isNull();
    assertThat(found(new DiveOperation.Pop(End.LAST))).isEmpty();
  }

  @Test
  void listsAndValuesAreNotMixed() {
    push(End.LAST, Value.of(1));
    assertRefused(DiveCode.WRONG_TYPE, () -> found(new DiveOperation.Get()));
    assertRefused(DiveCode.WRONG_TYPE, () -> sum(1));
    done(new DiveOperation.Set(Value.of("x"), 0));
    assertRefused(DiveCode.WRONG_TYPE, () -> push(End.LAST, Value.of(1)));
    assertRefused(DiveCode.WRONG_TYPE, () -> range(0, 1));
    assertRefused(DiveCode.WRONG_TYPE, () -> sum(1));
  }

  @Test
  void whatIsTooLargeIsRefused() {
    assertRefused(
        DiveCode.TOO_LARGE, () -> done(new DiveOperation.Set(Value.of("12345678901"), 0)));
    push(End.LAST, Value.of("1234567890"), Value.of("1234567890"));
    assertRefused(DiveCode.TOO_LARGE, () -> push(End.LAST, Value.of("1234567890")));
    assertThat(range(0, 9)).hasSize(2);
  }

  @Test
  void bytesThatAreNoOperationFailTheirCaller() {
    assertThatThrownBy(() -> operator.run(null, new byte[] {9, 9}, NOW))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> operator.run(new byte[] {7}, new DiveOperation.Get().encode(), NOW))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
