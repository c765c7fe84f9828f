package dev.skein.room;

import dev.skein.mesh.NodeInfo;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomStat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the homes of types which registered rooms of this node have free places, and finds
 * registered rooms of all nodes. Any thread.
 */
final class Notices {
  /** A room's free places are told at once, and then after so long again. */
  private static final long AGAIN_MILLIS = 20;

  private final RoomNode node;
  private final Map<LiveRoom, Integer> posted = new ConcurrentHashMap<>();

  Notices(RoomNode node) {
    this.node = node;
  }

  /** Registered rooms of all nodes; those that do not answer have none. */
  CompletableFuture<List<RoomStat>> find(RoomMail.Find find) {
    List<RoomStat> found = new ArrayList<>(found(find).rooms());
    List<CompletableFuture<List<RoomStat>>> others = new ArrayList<>();
    for (NodeInfo other : node.context().mesh().nodes()) {
      if (!other.address().equals(node.self()) && found.size() < find.maxCount()) {
        others.add(node.ask(other.address(), find).handle((answer, failure) -> stats(answer)));
      }
    }
    return CompletableFuture.allOf(others.toArray(CompletableFuture[]::new))
        .thenApply(done -> {
          others.forEach(each -> found.addAll(each.join()));
          return List.copyOf(found.subList(0, Math.min(found.size(), find.maxCount())));
        });
  }

  private static List<RoomStat> stats(byte @Nullable [] answer) {
    return Optional.ofNullable(answer)
        .flatMap(RoomReply.Stats::decode)
        .map(RoomReply.Stats::rooms)
        .orElse(List.of());
  }

  /** A room of the type somewhere, or the candidate; empty if there is none. */
  CompletableFuture<String> pick(RoomMail.Pick pick) {
    return node.ask(home(pick.type()), pick)
        .thenApply(id -> new String(id, StandardCharsets.UTF_8));
  }

  private String home(String type) {
    return node.context().mesh().home("room-type/" + type).address();
  }

  /** Tells the type's home how many places a room has, at once but not too often. */
  void post(LiveRoom room) {
    int free = room.isRegistered() ? Math.max(0, room.freePlaces()) : 0;
    Integer told = posted.putIfAbsent(room, free);
    if (told == null) {
      tell(room.options().type(), room.id(), free);
      room.shard()
          .schedule(
              () -> {
                Integer before = posted.remove(room);
                int now = room.isRegistered() ? Math.max(0, room.freePlaces()) : 0;
                if (before != null && before != now) {
                  post(room);
                }
              },
              AGAIN_MILLIS);
    }
  }

  /** Tells the type's home that a room has so many places. */
  void tell(String type, String roomId, int free) {
    node.tell(home(type), new RoomMail.Shelved(type, roomId, free));
  }

  /** The homes of types may be others now. */
  void postAll() {
    for (LiveRoom room : node.directory().registered("", Integer.MAX_VALUE)) {
      tell(room.options().type(), room.id(), Math.max(0, room.freePlaces()));
    }
  }

  /** Registered rooms of this node. */
  RoomReply.Stats found(RoomMail.Find find) {
    return new RoomReply.Stats(
        node.directory().registered(find.type(), find.maxCount()).stream()
            .map(room -> room.face().stat())
            .toList());
  }
}
