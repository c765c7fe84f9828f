package dev.skein.room;

import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings all rooms of a node to others, some at a time: each to where most of its members are, or
 * to one drawn at random. Used once, by any thread.
 */
final class Clearance {
  private static final Logger log = LoggerFactory.getLogger(Clearance.class);
  private static final int MOVES_MAX_COUNT = 16;

  private final RoomNode node;
  private final Queue<LiveRoom> left;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private int moving;
  private int stayed;

  Clearance(RoomNode node) {
    this.node = node;
    this.left = new ArrayDeque<>(node.directory().all());
  }

  /** Completed when every room has moved or cannot. */
  CompletableFuture<Void> begin() {
    for (int i = 0; i < MOVES_MAX_COUNT; i++) {
      moveNext();
    }
    return done;
  }

  private void moveNext() {
    LiveRoom room;
    synchronized (this) {
      room = left.poll();
      if (room == null) {
        if (moving == 0 && done.complete(null) && stayed > 0) {
          log.warn("{} rooms could not move", stayed);
        }
        return;
      }
      moving++;
    }
    target(room)
        .map(room::moveTo)
        .orElseGet(() -> CompletableFuture.failedFuture(Refusal.unreachable()))
        .whenComplete((moved, failure) -> {
          synchronized (this) {
            moving--;
            if (failure != null && !room.isClosed()) {
              stayed++;
            }
          }
          moveNext();
        });
  }

  private Optional<String> target(LiveRoom room) {
    List<String> open = new ArrayList<>();
    for (NodeInfo each : node.context().mesh().nodes()) {
      if (!each.address().equals(node.self())
          && each.state() != NodeState.OFFLINE
          && each.endpoints()
              .keySet()
              .containsAll(node.context().mesh().self().endpoints().keySet())) {
        open.add(each.address());
      }
    }
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Integer> members = new HashMap<>();
    for (Member member : room.state().roster().members()) {
      if (member.user() instanceof RemoteUser remote && open.contains(remote.node())) {
        members.merge(remote.node(), 1, Integer::sum);
      }
    }
    return members.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .or(() -> Optional.of(open.get(node.context().random().nextInt(open.size()))));
  }
}
