package dev.skein.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Judges whether what clients saw of one thing (a key, a register, a counter) can be explained by
 * operations that happened one after the other, each at one instant between its call and its
 * answer. After Wing and Gong, "Testing and Verifying Concurrent Objects" (1993), with the memory
 * of Lowe, "Testing for Linearizability" (2017): a set of done operations and the state they led to
 * is looked at once. Confined to one thread.
 *
 * <p>Histories of several keys are judged key by key, because a history is linearizable exactly if
 * each of its keys' is.
 *
 * @param <S> states of the thing; compared by {@code equals}
 * @param <I> what is asked of it
 * @param <O> what it answers
 */
public final class Linearizability<S, I, O> {
  private final S initial;
  private final Model<S, I, O> model;

  /** How the thing behaves when it is asked one after the other. */
  @FunctionalInterface
  public interface Model<S, I, O> {
    /**
     * The state after an operation.
     *
     * @param output what was answered; empty if nobody knows
     * @return empty if the thing could not have answered so
     */
    Optional<S> step(S state, I input, Optional<O> output);

    /**
     * True if whatever was answered so has changed nothing, in no state: a read, a refusal. Nobody
     * has to know, but what is known need not be tried in every order.
     */
    default boolean changedNothing(I input, O output) {
      return false;
    }
  }

  /**
   * An operation as a client saw it.
   *
   * @param output empty if the answer never came: it may have happened at any time after the call,
   *     or not at all
   * @param calledAt by a clock that all clients share
   * @param answeredAt by the same clock; of no meaning without an output
   */
  public record Call<I, O>(I input, Optional<O> output, long calledAt, long answeredAt) {}

  /**
   * A judge.
   *
   * @param initial the state before the first operation
   */
  public Linearizability(S initial, Model<S, I, O> model) {
    this.initial = initial;
    this.model = model;
  }

  /** A point of the search: which operations are done, and the state they led to. */
  private record Point<S>(BitSet done, S state) {}

  /** True if some order explains the history. */
  public boolean explains(List<Call<I, O>> history) {
    List<Call<I, O>> calls = new ArrayList<>(history);
    calls.sort(Comparator.comparingLong(Call::calledAt));
    BitSet answered = new BitSet();
    for (int i = 0; i < calls.size(); i++) {
      answered.set(i, calls.get(i).output().isPresent());
    }
    Deque<Point<S>> open = new ArrayDeque<>(List.of(new Point<>(new BitSet(), initial)));
    Set<Point<S>> seen = new HashSet<>(open);
    while (!open.isEmpty()) {
      Point<S> point = open.pop();
      BitSet left = (BitSet) answered.clone();
      left.andNot(point.done());
      if (left.isEmpty()) {
        return true;
      }
      for (Point<S> next : after(point, calls, left)) {
        if (seen.add(next)) {
          open.push(next);
        }
      }
    }
    return false;
  }

  /**
   * Whatever was called before the earliest answer that is left may have happened next. Of two
   * kinds of operations it is known without trying: what has changed nothing anyway happened as
   * soon as it could, and what nobody answered and would change nothing now did not happen yet.
   */
  private List<Point<S>> after(Point<S> point, List<Call<I, O>> calls, BitSet left) {
    long earliestAnswer =
        left.stream().mapToLong(i -> calls.get(i).answeredAt()).min().orElse(Long.MAX_VALUE);
    List<Point<S>> next = new ArrayList<>();
    for (int i = point.done().nextClearBit(0);
        i < calls.size() && calls.get(i).calledAt() <= earliestAnswer;
        i = point.done().nextClearBit(i + 1)) {
      Call<I, O> call = calls.get(i);
      Optional<S> state = model.step(point.state(), call.input(), call.output());
      if (state.isEmpty() || call.output().isEmpty() && state.get().equals(point.state())) {
        continue;
      }
      BitSet done = (BitSet) point.done().clone();
      done.set(i);
      Point<S> then = new Point<>(done, state.get());
      if (call.output().isPresent() && model.changedNothing(call.input(), call.output().get())) {
        return List.of(then);
      }
      next.add(then);
    }
    return next;
  }
}
