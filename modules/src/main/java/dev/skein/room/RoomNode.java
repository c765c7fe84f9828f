package dev.skein.room;

import dev.skein.module.ThingIds;
import dev.skein.server.Crowd;
import dev.skein.server.ModuleContext;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The module on its node: what there is after installation. Any thread, except where it says
 * otherwise.
 */
final class RoomNode implements LiveRoom.Surroundings {
  private final ModuleContext context;
  private final Directory directory;
  private final Map<User, Seats> seats = new ConcurrentHashMap<>();
  private final AtomicInteger nextShard = new AtomicInteger();

  RoomNode(ModuleContext context, RoomSettings settings) {
    this.context = context;
    ThingIds ids = new ThingIds(context.mesh().self().id(), context.random());
    this.directory = new Directory(ids, settings.roomsMaxCount());
  }

  ModuleContext context() {
    return context;
  }

  Directory directory() {
    return directory;
  }

  Shard nextShard() {
    List<Shard> shards = context.shards();
    return shards.get(Math.floorMod(nextShard.getAndIncrement(), shards.size()));
  }

  Seats seatsOf(User user) {
    return seats.computeIfAbsent(user, Seats::new);
  }

  @Nullable Seats seatsIfAny(User user) {
    return seats.get(user);
  }

  void forgetIfGone(User user) {
    if (!user.isConnected()) {
      seats.remove(user);
    }
  }

  /** The user's session ended; on its shard. */
  void discarded(User user) {
    Seats left = seats.remove(user);
    if (left != null) {
      for (Seats.Seat seat : left.close()) {
        seat.room().post(() -> seat.room().discard(seat.member()));
      }
    }
  }

  @Override
  public void vacated(LiveRoom room, Member member) {
    member
        .user()
        .shard()
        .execute(() -> {
          Seats taken = seats.get(member.user());
          if (taken != null) {
            taken.vacate(room, member);
          }
        });
  }

  @Override
  public Crowd crowd(Shard shard) {
    return context.crowd(shard);
  }

  @Override
  public void changed(LiveRoom room) {
    if (room.isRegistered()) {
      directory.register(room, room.freePlaces() > 0);
    } else {
      directory.unregister(room);
    }
  }

  @Override
  public void closed(LiveRoom room) {
    directory.remove(room);
  }
}
