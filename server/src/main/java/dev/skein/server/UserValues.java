package dev.skein.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The values of one user. Thread-safe by its own monitor; holds no map until the first value. */
final class UserValues implements UserData {
  private final int maxKeys;
  private @Nullable Map<String, Object> values;

  UserValues(int maxKeys) {
    this.maxKeys = maxKeys;
  }

  /** All values at this moment. */
  synchronized Map<String, Object> snapshot() {
    return values == null ? Map.of() : Map.copyOf(values);
  }

  @Override
  public synchronized <T> Optional<T> get(String key, Class<T> type) {
    Object value = values == null ? null : values.get(key);
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  @Override
  public synchronized void set(String key, Object value) {
    checkTravels(key, value);
    if (values == null) {
      values = new HashMap<>(4);
    }
    if (values.size() >= maxKeys && !values.containsKey(key)) {
      throw new IllegalStateException(
          "user data holds limits.userDataMaxKeys = " + maxKeys + " values; no room for " + key);
    }
    values.put(key, value);
  }

  @Override
  public <T> T update(String key, Class<T> type, T initial, UnaryOperator<T> change) {
    // The change is the caller's code, so it runs without the monitor and is tried again instead.
    while (true) {
      Optional<T> before = get(key, type);
      T after = change.apply(before.orElse(initial));
      if (replace(key, type, before, after)) {
        return after;
      }
    }
  }

  private synchronized <T> boolean replace(
      String key, Class<T> type, Optional<T> expected, T after) {
    if (get(key, type).orElse(null) != expected.orElse(null)) {
      return false;
    }
    set(key, after);
    return true;
  }

  @Override
  public synchronized boolean remove(String key) {
    return values != null && values.remove(key) != null;
  }

  @Override
  public synchronized Set<String> keys() {
    return values == null ? Set.of() : Set.copyOf(values.keySet());
  }

  private static void checkTravels(String key, Object value) {
    switch (value) {
      case Boolean _, Byte _, Short _, Integer _, Long _, Float _, Double _, Character _ -> {}
      case String _, byte[] _, Record _ -> {}
      case List<?> list -> list.forEach(element -> checkTravels(key, element));
      default ->
          throw new IllegalArgumentException(
              "user data "
                  + key
                  + " is a "
                  + value.getClass().getName()
                  + "; allowed are boxed primitives, String, byte[], records and lists of these");
    }
  }
}
