package dev.skein.mesh.clustered;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How long frames take to the other nodes and back, by a ping now and then. Any thread may call.
 */
final class RoundTrips {
  private final Map<String, Trip> trips = new ConcurrentHashMap<>();

  /**
   * @param lastNanos of the trip before; negative: there was none
   */
  private record Trip(long number, long startNanos, boolean underWay, long lastNanos) {}

  void see(Set<String> nodes) {
    trips.keySet().retainAll(nodes);
  }

  /** Gives the number to ping with; one that has not come back is given up. */
  Signal.Ping begin(String node, long nowNanos) {
    Trip begun =
        trips.compute(
            node,
            (same, before) ->
                before == null
                    ? new Trip(1, nowNanos, true, -1)
                    : new Trip(before.number + 1, nowNanos, true, before.lastNanos));
    return new Signal.Ping(begun.number);
  }

  void end(String node, long number, long nowNanos) {
    trips.computeIfPresent(
        node,
        (same, trip) ->
            trip.underWay && trip.number == number
                ? new Trip(number, trip.startNanos, false, nowNanos - trip.startNanos)
                : trip);
  }

  /** The last round trip to each node, in microseconds. */
  Map<String, Long> micros() {
    return trips.entrySet().stream()
        .filter(each -> each.getValue().lastNanos >= 0)
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey,
                each -> TimeUnit.NANOSECONDS.toMicros(each.getValue().lastNanos)));
  }
}
