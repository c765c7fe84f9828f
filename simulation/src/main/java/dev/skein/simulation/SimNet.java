package dev.skein.simulation;

import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;
import dev.skein.testkit.VirtualClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The network between simulated nodes, and what each of them sees of it. Two nodes lose sight of
 * each other when frames have not passed in both directions for some time, and find each other
 * again some time after they do; each of the two on its own, as nodes of a real cluster may.
 */
final class SimNet {
  /** Frames under way from one node to another; more are refused. */
  static final int LANE_MAX_COUNT = 10_000;

  private static final Span JOIN = new Span(5, 100);
  private static final Span LEAVE = new Span(1, 10);
  private static final Span CRASH = new Span(100, 600);
  private static final Span SILENCE = new Span(3_000, 3_700);
  private static final Span MERGE = new Span(1_000, 6_000);

  private final VirtualClock clock;
  private final SplittableRandom random;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Map<Direction, Lane> lanes = new HashMap<>();
  private final Map<Direction, Long> changes = new HashMap<>();
  private final Set<Direction> cut = new HashSet<>();
  private long delayMinNanos = 100_000;
  private long delayMaxNanos = 1_000_000;

  private record Span(int minMillis, int maxMillis) {
    long nanos(SplittableRandom random) {
      return TimeUnit.MILLISECONDS.toNanos(minMillis)
          + random.nextLong(TimeUnit.MILLISECONDS.toNanos(maxMillis - minMillis));
    }
  }

  private record Direction(String from, String to) {}

  /** A node that has joined. */
  private record Member(
      String address,
      String type,
      SimRuntime runtime,
      Engine.Listener listener,
      Set<String> sight) {}

  /** What is under way from one node to another, in order. */
  private static final class Lane {
    private final List<byte[]> stuck = new ArrayList<>();
    private int underWayCount;
    private long lastDueNanos;
    private long generation;

    void clear() {
      stuck.clear();
      underWayCount = 0;
      generation++;
    }
  }

  SimNet(VirtualClock clock, SplittableRandom random) {
    this.clock = clock;
    this.random = random;
  }

  VirtualClock clock() {
    return clock;
  }

  void delays(long minNanos, long maxNanos) {
    delayMinNanos = minNanos;
    delayMaxNanos = maxNanos;
  }

  /** How long one frame takes now. */
  long delayNanos() {
    return delayMinNanos + random.nextLong(delayMaxNanos - delayMinNanos + 1);
  }

  void join(String address, String type, SimRuntime runtime, Engine.Listener listener) {
    if (members.containsKey(address)) {
      throw new EngineException("a node named " + address + " is in the cluster already");
    }
    Member member = new Member(address, type, runtime, listener, new TreeSet<>(List.of(address)));
    members.put(address, member);
    tellView(member);
    reconsiderAll(address, JOIN);
  }

  void leave(String address) {
    remove(address, LEAVE);
  }

  void crash(String address) {
    remove(address, CRASH);
  }

  private void remove(String address, Span seenWithin) {
    if (members.remove(address) != null) {
      lanes.forEach((direction, lane) -> {
        if (direction.from().equals(address) || direction.to().equals(address)) {
          lane.clear();
        }
      });
      reconsiderAll(address, seenWithin);
    }
  }

  /** A node was paused or resumed. */
  void powerChanged(String address) {
    reconsiderAll(address, SILENCE);
  }

  void cut(String from, String to) {
    cut.add(new Direction(from, to));
    reconsider(from, to, SILENCE);
    reconsider(to, from, SILENCE);
  }

  void heal() {
    List<Direction> healed = List.copyOf(cut);
    cut.clear();
    for (Direction direction : healed) {
      release(direction);
      reconsider(direction.from(), direction.to(), SILENCE);
      reconsider(direction.to(), direction.from(), SILENCE);
    }
  }

  /** The nodes that have joined and not left, by address. */
  Collection<String> members() {
    return new TreeSet<>(members.keySet());
  }

  Optional<String> type(String address) {
    return Optional.ofNullable(members.get(address)).map(Member::type);
  }

  Optional<SimRuntime> runtime(String address) {
    return Optional.ofNullable(members.get(address)).map(Member::runtime);
  }

  /** True if frames pass between the two, in both directions, now. */
  boolean reaches(String one, String other) {
    return isRunning(one)
        && isRunning(other)
        && (one.equals(other)
            || !cut.contains(new Direction(one, other))
                && !cut.contains(new Direction(other, one)));
  }

  /**
   * True if a node is with the larger part of the cluster; of two halves the one with the first
   * address counts as larger.
   */
  boolean isWithMajority(String address) {
    Collection<String> all = members();
    List<String> reached = all.stream().filter(other -> reaches(address, other)).toList();
    int twice = reached.size() * 2;
    return twice > all.size() || twice == all.size() && reached.contains(all.iterator().next());
  }

  boolean send(String from, String to, byte[] frame, boolean reliable) {
    Member sender = members.get(from);
    if (sender == null || !sender.sight().contains(to)) {
      return false;
    }
    Lane lane = lane(from, to);
    if (lane.underWayCount >= (reliable ? LANE_MAX_COUNT : LANE_MAX_COUNT / 2)) {
      return false;
    }
    lane.underWayCount++;
    dispatch(new Direction(from, to), lane, frame);
    return true;
  }

  private void dispatch(Direction direction, Lane lane, byte[] frame) {
    long dueNanos = Math.max(lane.lastDueNanos, clock.nanoTime() + delayNanos());
    lane.lastDueNanos = dueNanos;
    long generation = lane.generation;
    clock.at(
        dueNanos,
        () -> {
          if (lane.generation != generation) {
            return;
          }
          if (cut.contains(direction) || !lane.stuck.isEmpty()) {
            lane.stuck.add(frame);
          } else {
            deliver(direction, lane, frame);
          }
        });
  }

  /** A node that does not see the sender takes nothing of it. */
  private void deliver(Direction direction, Lane lane, byte[] frame) {
    Member receiver = members.get(direction.to());
    long generation = lane.generation;
    if (receiver == null) {
      return;
    }
    receiver
        .runtime()
        .run(() -> {
          if (lane.generation == generation) {
            lane.underWayCount--;
          }
          if (receiver.sight().contains(direction.from())) {
            receiver.listener().onFrame(direction.from(), frame);
          }
        });
  }

  /** What is stuck goes on, and what was sent after it stays behind it. */
  private void release(Direction direction) {
    Lane lane = lanes.get(direction);
    if (lane == null || lane.stuck.isEmpty()) {
      return;
    }
    long generation = lane.generation;
    clock.after(
        delayNanos(),
        () -> {
          if (lane.generation == generation && !cut.contains(direction)) {
            List<byte[]> frames = List.copyOf(lane.stuck);
            lane.stuck.clear();
            frames.forEach(frame -> deliver(direction, lane, frame));
          }
        });
  }

  private Lane lane(String from, String to) {
    return lanes.computeIfAbsent(new Direction(from, to), unused -> new Lane());
  }

  private boolean isRunning(String address) {
    Member member = members.get(address);
    return member != null && member.runtime().isRunning();
  }

  private void reconsiderAll(String address, Span seenWithin) {
    Set<String> others = new TreeSet<>(members.keySet());
    Member member = members.get(address);
    if (member != null) {
      // Some of them may have gone while it was frozen.
      others.addAll(member.sight());
    }
    for (String other : others) {
      if (!other.equals(address)) {
        reconsider(other, address, seenWithin);
        reconsider(address, other, seenWithin);
      }
    }
  }

  /** What the observer sees of the other is corrected, once it has been wrong for some time. */
  private void reconsider(String observer, String other, Span seenWithin) {
    Direction pair = new Direction(observer, other);
    long change = changes.merge(pair, 1L, Long::sum);
    Member member = members.get(observer);
    if (member == null || member.sight().contains(other) == reaches(observer, other)) {
      return;
    }
    boolean merges = !member.sight().contains(other) && seenWithin == SILENCE;
    clock.after(
        (merges ? MERGE : seenWithin).nanos(random),
        () -> {
          if (changes.getOrDefault(pair, 0L) == change && members.get(observer) == member) {
            correct(member, other);
          }
        });
  }

  private void correct(Member observer, String other) {
    if (!observer.runtime().isRunning()) {
      // It notices nothing until it is resumed, and is asked again then.
      return;
    }
    if (reaches(observer.address(), other)) {
      observer.sight().add(other);
    } else {
      observer.sight().remove(other);
      lane(observer.address(), other).clear();
      lane(other, observer.address()).clear();
    }
    tellView(observer);
  }

  private static void tellView(Member member) {
    List<String> view = List.copyOf(member.sight());
    member.runtime().run(() -> member.listener().onView(view));
  }

  /** The nodes that hold a key, its owner first: the same for all who see the same nodes. */
  static List<String> holders(String key, Collection<String> candidates, int count) {
    return candidates.stream()
        .sorted(Comparator.comparingLong((String address) -> weight(key, address)))
        .limit(count)
        .toList();
  }

  private static long weight(String key, String address) {
    return (key.hashCode() * 31L + address.hashCode()) * 0x9E3779B97F4A7C15L;
  }
}
