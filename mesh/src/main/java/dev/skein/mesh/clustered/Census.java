package dev.skein.mesh.clustered;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Who belonged to the cluster when it was last whole, and what is known of those who are out of
 * sight: whether the nodes in sight may go on without them. Nodes count as gone once they said
 * goodbye or are proven dead; of those that remain, more than half have to be in sight. Two parts
 * of a cluster can never both have that. One thread at a time.
 */
final class Census {
  /** Refusals in a row that prove a node's process dead. */
  static final int REFUSALS_COUNT = 3;

  private final Map<UUID, InetSocketAddress> endpoints = new HashMap<>();
  private final Map<UUID, Integer> refusals = new HashMap<>();
  private final Set<UUID> leaving = new HashSet<>();
  private final Set<UUID> dead = new HashSet<>();
  private Set<UUID> whole = Set.of();
  private Set<UUID> inSight = Set.of();

  void see(Set<UUID> members) {
    inSight = Set.copyOf(members);
    dead.removeAll(inSight);
    if (whole.isEmpty()) {
      whole = inSight;
    }
  }

  /** All nodes in sight have their share of all stores: they are the cluster from now on. */
  void whole() {
    if (!whole.equals(inSight)) {
      whole = inSight;
      leaving.retainAll(whole);
      dead.clear();
      endpoints.keySet().retainAll(whole);
    }
    refusals.clear();
  }

  boolean knowsEndpoint(UUID node) {
    return endpoints.containsKey(node);
  }

  /** A node in sight listens there, so whoever did so before is dead. */
  void listens(UUID node, InetSocketAddress endpoint) {
    endpoints.put(node, endpoint);
    endpoints.forEach((other, theirs) -> {
      if (theirs.equals(endpoint) && !inSight.contains(other)) {
        dead.add(other);
      }
    });
  }

  void saidGoodbye(UUID node) {
    leaving.add(node);
  }

  boolean isLeaving(UUID node) {
    return leaving.contains(node);
  }

  /** Nodes out of sight of which it is not known that they are gone, where that can be probed. */
  Map<UUID, InetSocketAddress> missing() {
    Map<UUID, InetSocketAddress> missing = new HashMap<>();
    for (UUID node : remaining()) {
      InetSocketAddress endpoint = endpoints.get(node);
      if (!inSight.contains(node) && endpoint != null) {
        missing.put(node, endpoint);
      }
    }
    return missing;
  }

  /** Its machine answered that nobody listens at the node's ports, or did not say so. */
  void probed(UUID node, boolean refused) {
    if (!refused) {
      refusals.remove(node);
    } else if (refusals.merge(node, 1, Integer::sum) >= REFUSALS_COUNT) {
      dead.add(node);
    }
  }

  boolean mayGoOn() {
    Set<UUID> remaining = remaining();
    long here = remaining.stream().filter(inSight::contains).count();
    return here * 2 > remaining.size();
  }

  private Set<UUID> remaining() {
    Set<UUID> remaining = new HashSet<>(whole);
    remaining.removeAll(leaving);
    remaining.removeAll(dead);
    return remaining;
  }
}
