package dev.skein.mesh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The nodes in sight, and what each has said of itself. Any thread may call; listeners are told one
 * change at a time, outside of any lock.
 */
final class NodeTable {
  private final Executor listenersTurn;
  private final List<NodeListener> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, NodeInfo> known = new HashMap<>();
  private Set<String> refused = Set.of();
  private volatile Set<String> inSight = Set.of();
  private volatile Snapshot snapshot;

  /** What readers see. */
  private record Snapshot(
      NodeInfo self, List<NodeInfo> nodes, Map<String, NodeInfo> byAddress, Rendezvous homes) {}

  /** The difference between two views, this node left out. */
  record Change(List<String> joined, List<String> left) {}

  NodeTable(NodeInfo self, Executor listenersTurn) {
    this.listenersTurn = listenersTurn;
    this.snapshot = snapshotWith(self);
  }

  void watch(NodeListener listener) {
    listeners.add(listener);
  }

  NodeInfo self() {
    return snapshot.self();
  }

  /** All nodes that have introduced themselves, by address; this one among them. */
  List<NodeInfo> nodes() {
    return snapshot.nodes();
  }

  Map<String, NodeInfo> byAddress() {
    return snapshot.byAddress();
  }

  NodeInfo home(String name) {
    return snapshot.homes().home(name);
  }

  /** True if the engine sees this node, whether it has introduced itself or not. */
  boolean isInSight(String address) {
    return inSight.contains(address);
  }

  /** The other nodes the engine sees. */
  Collection<String> others() {
    String self = self().address();
    return inSight.stream().filter(address -> !address.equals(self)).toList();
  }

  synchronized boolean isRefused(String address) {
    return refused.contains(address);
  }

  /** True if every node in sight has said who it is, or is refused. */
  synchronized boolean everybodyIntroduced() {
    return inSight.size() == known.size() + refused.size() + 1;
  }

  /** The engine gave this node its address. */
  synchronized void named(String address) {
    NodeInfo now = self().withAddress(address);
    inSight = Set.of(address);
    snapshot = snapshotWith(now);
  }

  /**
   * Changes what this node says of itself.
   *
   * @return what it said before
   */
  synchronized NodeInfo update(UnaryOperator<NodeInfo> change) {
    NodeInfo before = self();
    NodeInfo after = change.apply(before);
    if (!after.address().equals(before.address()) || after.id() != before.id()) {
      throw new IllegalArgumentException("a node's address and id cannot change");
    }
    if (!after.equals(before)) {
      snapshot = snapshotWith(after);
      tell(listener -> listener.onChange(before, after));
    }
    return before;
  }

  /** The engine sees these nodes now. */
  synchronized Change see(Collection<String> addresses) {
    Set<String> before = inSight;
    Set<String> now = new LinkedHashSet<>(addresses);
    now.add(self().address());
    List<String> joined = now.stream().filter(address -> !before.contains(address)).toList();
    List<String> left = before.stream().filter(address -> !now.contains(address)).toList();
    inSight = Set.copyOf(now);
    refused = without(refused, left);
    left.forEach(this::forget);
    snapshot = snapshotWith(self());
    return new Change(joined, left);
  }

  /**
   * A node said who it is.
   *
   * @return true if it is another node than the one that had its address before
   */
  synchronized boolean hear(NodeInfo node) {
    refused = without(refused, List.of(node.address()));
    NodeInfo before = known.get(node.address());
    boolean restarted = before != null && before.id() != node.id();
    if (restarted) {
      forget(node.address());
    }
    known.put(node.address(), node);
    snapshot = snapshotWith(self());
    if (before == null || restarted) {
      tell(listener -> listener.onJoin(node));
    } else if (!before.equals(node)) {
      tell(listener -> listener.onChange(before, node));
    }
    return restarted;
  }

  /**
   * A node in sight cannot be talked to.
   *
   * @return false if that was known
   */
  synchronized boolean refuse(String address) {
    if (refused.contains(address)) {
      return false;
    }
    Set<String> more = new LinkedHashSet<>(refused);
    more.add(address);
    refused = more;
    forget(address);
    snapshot = snapshotWith(self());
    return true;
  }

  private void forget(String address) {
    NodeInfo gone = known.remove(address);
    if (gone != null) {
      // Who is told looks around, maybe at once on another thread, and must not see it any more.
      snapshot = snapshotWith(self());
      tell(listener -> listener.onLeave(gone));
    }
  }

  private void tell(Consumer<NodeListener> event) {
    for (NodeListener listener : listeners) {
      listenersTurn.execute(() -> event.accept(listener));
    }
  }

  private Snapshot snapshotWith(NodeInfo self) {
    List<NodeInfo> nodes = new ArrayList<>(known.values());
    nodes.add(self);
    nodes.sort(Comparator.comparing(NodeInfo::address));
    Map<String, NodeInfo> byAddress = new HashMap<>();
    nodes.forEach(node -> byAddress.put(node.address(), node));
    List<NodeInfo> serving = nodes.stream().filter(NodeInfo::servesUsers).toList();
    return new Snapshot(
        self,
        List.copyOf(nodes),
        Map.copyOf(byAddress),
        new Rendezvous(serving.isEmpty() ? List.copyOf(nodes) : serving));
  }

  private static Set<String> without(Set<String> addresses, Collection<String> gone) {
    Set<String> rest = new LinkedHashSet<>(addresses);
    rest.removeAll(gone);
    return rest;
  }
}
