package dev.skein.server;

import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Typed values of one user, at most {@code limits.userDataMaxKeys}. Thread-safe. Values keep their
 * Java type, also when the user moves to another node; allowed are the boxed primitives, String,
 * byte[], and records and lists of these; records travel if {@link ServerBuilder#userDataTypes}
 * declares them.
 */
public interface UserData {

  /** The value under this key if there is one of this type. */
  <T> Optional<T> get(String key, Class<T> type);

  /** Sets a value; the former one of any type is replaced. */
  void set(String key, Object value);

  /** Atomically replaces the value, starting from {@code initial}; returns the new one. */
  <T> T update(String key, Class<T> type, T initial, UnaryOperator<T> change);

  /** Removes a value; true if there was one. */
  boolean remove(String key);

  /** The keys at this moment. */
  Set<String> keys();
}
