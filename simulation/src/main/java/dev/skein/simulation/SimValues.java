package dev.skein.simulation;

import dev.skein.server.UserData;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What a game keeps with a simulated user; no limits. Confined to one thread. */
public final class SimValues implements UserData {
  private final Map<String, Object> values = new HashMap<>();

  @Override
  public <T> Optional<T> get(String key, Class<T> type) {
    Object value = values.get(key);
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  @Override
  public void set(String key, Object value) {
    values.put(key, value);
  }

  @Override
  public <T> T update(String key, Class<T> type, T initial, UnaryOperator<T> change) {
    T after = change.apply(get(key, type).orElse(initial));
    values.put(key, after);
    return after;
  }

  @Override
  public boolean remove(String key) {
    return values.remove(key) != null;
  }

  @Override
  public Set<String> keys() {
    return Set.copyOf(values.keySet());
  }
}
