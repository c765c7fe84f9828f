package dev.skein.mesh;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values spread over the nodes by consistent hashing, with copies. All change goes through
 * one operator that the key's owner runs, so nothing is read and written back over the wire. Any
 * thread may call, nothing blocks. While a node is cut off with the smaller part of the cluster its
 * calls fail with {@link MeshException.NetworkFailed}.
 */
public interface Store {

  /** The value of a key as its owner has it (or as the near cache does, if there is one). */
  CompletionStage<Optional<byte[]>> get(String key);

  /**
   * Has the key's owner run the operator, once, also if the owner dies in the middle of it.
   *
   * @param operation 1 byte or more, for the operator
   * @return the operator's answer, when all copies are made
   */
  CompletionStage<byte[]> apply(String key, byte[] operation);

  /** The node that owns the key now. */
  String owner(String key);

  /** Called about changes of keys this node owns or holds a copy of. */
  void onChange(ChangeListener listener);

  /** What a store does with a value; a pure function, on any thread, equal on all nodes. */
  @FunctionalInterface
  interface Operator {
    /**
     * @param current the value, null if the key has none
     * @param operation what {@link Store#apply} was given
     * @param nowMillis the owner's wall clock
     * @throws IllegalArgumentException if the operation does not fit the value; nothing changes,
     *     and the caller gets {@link MeshException.HandlerFailed} with its text
     */
    Outcome run(byte @Nullable [] current, byte[] operation, long nowMillis);
  }

  /**
   * What an operator decided.
   *
   * @param value the new value; null removes the key; the same array leaves it unwritten
   * @param ttlMillis after which the key goes; 0: never. Counts from now whenever value is written
   * @param answer for the caller
   */
  record Outcome(byte @Nullable [] value, long ttlMillis, byte[] answer) {}

  /** Told of changes after they happened, on a mesh thread; must not block. */
  @FunctionalInterface
  interface ChangeListener {
    /**
     * @param value null if the key was removed or its time was over
     */
    void onChange(String key, byte @Nullable [] value);
  }
}
