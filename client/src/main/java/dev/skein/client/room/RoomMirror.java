package dev.skein.client.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomEvent.Address;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What this client knows of a room, by the server's events. Events come from where the client's
 * callbacks run, one at a time; any thread may read.
 */
final class RoomMirror {
  private final RoomEvent.Entered entered;
  private final Channel channel;
  private final RoomListeners listeners = new RoomListeners();
  private final Map<Integer, Member> members = new ConcurrentSkipListMap<>();
  private final Map<String, Value> properties = new ConcurrentHashMap<>();
  private final Map<String, Value> objects = new ConcurrentHashMap<>();
  private volatile Place place;
  private volatile int owner;
  private volatile boolean joined = true;
  private volatile boolean away;
  private long heard;

  /**
   * Where the room's commands go.
   *
   * @param sid the session for which the number holds
   * @param number stands for the room on the wire
   */
  record Place(String sid, long number) {}

  RoomMirror(RoomEvent.Entered entered, String sid) {
    this.entered = entered;
    this.place = new Place(sid, entered.room());
    this.channel = Channel.ordered(entered.channel());
    this.owner = entered.owner();
  }

  Place place() {
    return place;
  }

  String roomId() {
    return entered.roomId();
  }

  String type() {
    return entered.type();
  }

  int maxMembers() {
    return entered.maxMembers();
  }

  int selfNumber() {
    return entered.self();
  }

  byte[] welcome() {
    return entered.welcome();
  }

  Channel channel() {
    return channel;
  }

  RoomListeners listeners() {
    return listeners;
  }

  List<Member> members() {
    return List.copyOf(members.values());
  }

  Optional<Member> owner() {
    return Optional.ofNullable(members.get(owner));
  }

  boolean isJoined() {
    return joined;
  }

  /** The place in the room is kept if the session is lost. */
  boolean isReturnable() {
    return entered.returnable();
  }

  boolean isAway() {
    return away;
  }

  /** How many of the room's reliable pushes have come (PROTOCOL §10.2.1). */
  long heard() {
    return heard;
  }

  /** A push of this room came over this channel. */
  void count(Channel over) {
    if (over.kind().reliable()) {
      heard++;
    }
  }

  Optional<Value> property(String key) {
    return Optional.ofNullable(properties.get(key));
  }

  Map<String, Value> properties() {
    return new HashMap<>(properties);
  }

  Optional<Value> object(String key) {
    return Optional.ofNullable(objects.get(key));
  }

  Map<String, Value> objects() {
    return new HashMap<>(objects);
  }

  /** An event of this room, after it was entered. */
  void on(RoomEvent event) {
    switch (event) {
      case RoomEvent.Said said -> hear(said.address(), said.from(), said.data());
      case RoomEvent.Bundle bundle -> bundle.entries().forEach(this::hear);
      case RoomEvent.Roster roster ->
          roster.uids().forEach((number, uid) -> members.put(number, new Member(number, uid)));
      case RoomEvent.Joined came -> {
        Member member = new Member(came.member(), came.uid());
        members.put(member.number(), member);
        listeners.joined.tell(listener -> listener.accept(member, came.message()));
      }
      case RoomEvent.Left gone -> {
        Member member = members.remove(gone.member());
        if (member != null) {
          listeners.left.tell(listener -> listener.onLeft(member, gone.reason(), gone.message()));
        }
      }
      case RoomEvent.Exited exited -> exit(exited.reason(), exited.message());
      case RoomEvent.OwnerChanged changed -> {
        owner = changed.member();
        owner().ifPresent(member -> listeners.owner.tell(listener -> listener.accept(member)));
      }
      case RoomEvent.PropertiesChanged changed -> {
        apply(changed.changes(), properties);
        listeners.properties.tell(listener -> listener.accept(changed.changes()));
      }
      case RoomEvent.ObjectsChanged changed -> {
        apply(changed.changes(), objects);
        listeners.objects.tell(listener -> listener.accept(changed.changes()));
      }
      case RoomEvent.Chatted chatted ->
          listeners.chat.tell(listener -> listener.accept(chatted.line()));
      case RoomEvent.Entered again -> throw new IllegalArgumentException("entered twice: " + again);
      case RoomEvent.Ready ready -> throw new IllegalArgumentException("ready twice: " + ready);
      case RoomEvent.Returned back -> throw new IllegalArgumentException("was not away: " + back);
    }
  }

  /** The session is lost; the place in the room is not. */
  void away() {
    away = true;
    listeners.away.tell(Runnable::run);
  }

  /** In the room again, under this number. */
  void back(Place in) {
    place = in;
    away = false;
    listeners.returned.tell(Runnable::run);
  }

  void exit(LeaveReason reason, byte[] message) {
    joined = false;
    away = false;
    listeners.exited.tell(listener -> listener.accept(reason, message));
  }

  private void hear(RoomEvent.Bundle.Entry entry) {
    if (entry.from() == 0) {
      hear(Address.ANNOUNCE, 0, entry.data());
    } else if (!entry.relay()) {
      hear(Address.BROADCAST, entry.from(), entry.data());
    } else if (entry.from() != selfNumber()) {
      hear(Address.RELAY, entry.from(), entry.data());
    }
  }

  private void hear(Address address, int from, byte[] data) {
    if (address == Address.ANNOUNCE) {
      listeners.announce.tell(listener -> listener.accept(data));
      return;
    }
    // Unknown: an unreliable message that overtook the news of its sender, or came after it left.
    @Nullable Member sender = members.get(from);
    if (sender != null) {
      var told =
          switch (address) {
            case BROADCAST, ANNOUNCE -> listeners.broadcast;
            case RELAY -> listeners.relay;
            case MESSAGE -> listeners.message;
          };
      told.tell(listener -> listener.accept(sender, data));
    }
  }

  private static void apply(Map<String, Optional<Value>> changes, Map<String, Value> values) {
    changes.forEach((key, value) -> {
      if (value.isPresent()) {
        values.put(key, value.get());
      } else {
        values.remove(key);
      }
    });
  }
}
