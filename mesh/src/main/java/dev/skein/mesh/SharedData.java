package dev.skein.mesh;

import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A few small values every node has, also nodes that join later. Writers that race end with the
 * same value everywhere, as do the parts of a healed partition: the last by a logical clock, so
 * that wrong wall clocks do no harm. Any thread may call.
 */
public interface SharedData {
  /** Keys unless configured otherwise ({@code mesh.sharedDataMaxKeys}). */
  int DEFAULT_MAX_KEYS = 10;

  /** The longest key, in bytes of UTF-8. */
  int KEY_MAX_BYTES = 54;

  /**
   * Sets a value here and, soon, everywhere.
   *
   * @throws IllegalArgumentException if the key is empty or too long
   * @throws IllegalStateException if there are as many keys as allowed
   */
  void set(String key, short value);

  /** The value as this node knows it. */
  OptionalInt get(String key);

  /** Removes a key here and, soon, everywhere. */
  void remove(String key);

  /** Calls back after every change of a value, whoever made it. Runs on a virtual thread. */
  void onUpdate(UpdateListener listener);

  /** Ends {@link #onUpdate} for an equal listener. */
  void removeOnUpdate(UpdateListener listener);

  /** Calls back after a key was removed, whoever did it. Runs on a virtual thread. */
  void onRemove(Consumer<String> listener);

  /** Ends {@link #onRemove} for an equal listener. */
  void removeOnRemove(Consumer<String> listener);

  /** Told of a new value. */
  @FunctionalInterface
  interface UpdateListener {
    void onUpdate(String key, short value);
  }
}
