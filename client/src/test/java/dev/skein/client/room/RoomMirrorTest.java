package dev.skein.client.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.protocol.room.RoomEvent.Bundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client makes of a room's events. */
class RoomMirrorTest {
  private static final byte[] NOTHING = {};

  private final List<String> heard = new ArrayList<>();
  private final RoomMirror mirror =
      new RoomMirror(new RoomEvent.Entered(5, "id", "x", 1, 1, 4, 3, true, NOTHING), "sid");

  @BeforeEach
  void listen() {
    mirror.on(new RoomEvent.Roster(5, Map.of(1, "me", 2, "bob")));
    RoomListeners all = mirror.listeners();
    all.broadcast.add((from, data) -> heard.add("broadcast " + from.uid() + text(data)));
    all.relay.add((from, data) -> heard.add("relay " + from.uid() + text(data)));
    all.message.add((from, data) -> heard.add("message " + from.uid() + text(data)));
    all.announce.add(data -> heard.add("announce" + text(data)));
    all.left.add((who, why, message) -> heard.add("left " + who.uid() + " " + why));
    all.exited.add((why, message) -> heard.add("exited " + why));
  }

  private static String text(byte[] data) {
    return " " + new String(data, UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void eachKindOfTalkHasItsOwnListeners() {
    mirror.on(new RoomEvent.Said(5, Address.BROADCAST, 1, bytes("a")));
    mirror.on(new RoomEvent.Said(5, Address.RELAY, 2, bytes("b")));
    mirror.on(new RoomEvent.Said(5, Address.MESSAGE, 2, bytes("c")));
    mirror.on(new RoomEvent.Said(5, Address.ANNOUNCE, 0, bytes("d")));
    assertThat(heard)
        .containsExactly("broadcast me a", "relay bob b", "message bob c", "announce d");
  }

  @Test
  void aBundleIsHeardInOrderWithoutOnesOwnRelays() {
    mirror.on(
        new Bundle(
            5,
            List.of(
                new Bundle.Entry(1, false, bytes("a")),
                new Bundle.Entry(1, true, bytes("mine")),
                new Bundle.Entry(2, true, bytes("b")),
                new Bundle.Entry(0, false, bytes("c")))));
    assertThat(heard).containsExactly("broadcast me a", "relay bob b", "announce c");
  }

  @Test
  void whatCannotBePlacedIsDropped() {
    mirror.on(new RoomEvent.Said(5, Address.BROADCAST, 9, bytes("early")));
    mirror.on(new RoomEvent.Left(5, 2, LeaveReason.DISCONNECTED, NOTHING));
    mirror.on(new RoomEvent.Said(5, Address.BROADCAST, 2, bytes("late")));
    mirror.on(new RoomEvent.Left(5, 2, LeaveReason.LEFT, NOTHING));
    assertThat(heard).containsExactly("left bob DISCONNECTED");
  }

  @Test
  void membersOwnerPropertiesAndObjectsFollowTheNews() {
    mirror.on(new RoomEvent.Joined(5, 3, "cyd", NOTHING));
    mirror.on(new RoomEvent.OwnerChanged(5, 3));
    mirror.on(new RoomEvent.PropertiesChanged(5, Map.of("a", Optional.of(Value.of(1)))));
    mirror.on(new RoomEvent.ObjectsChanged(5, Map.of("b", Optional.of(Value.of(2)))));
    assertThat(mirror.members()).extracting(Member::uid).containsExactly("me", "bob", "cyd");
    assertThat(mirror.owner().orElseThrow().uid()).isEqualTo("cyd");
    assertThat(mirror.property("a")).contains(Value.of(1));
    assertThat(mirror.objects()).isEqualTo(Map.of("b", Value.of(2)));
    mirror.on(new RoomEvent.PropertiesChanged(5, Map.of("a", Optional.empty())));
    mirror.on(new RoomEvent.ObjectsChanged(5, Map.of("b", Optional.empty())));
    assertThat(mirror.properties()).isEmpty();
    assertThat(mirror.objects()).isEmpty();
  }

  @Test
  void aListenerThatThrowsHarmsNoOther() {
    List<String> others = new ArrayList<>();
    mirror
        .listeners()
        .announce
        .add(data -> {
          throw new IllegalStateException("listener");
        });
    mirror.listeners().announce.add(data -> others.add("heard"));
    mirror.on(new RoomEvent.Said(5, Address.ANNOUNCE, 0, NOTHING));
    assertThat(others).containsExactly("heard");
  }

  @Test
  void whatCameReliablyIsCounted() {
    mirror.count(Channel.ordered(3));
    mirror.count(Channel.UNRELIABLE);
    mirror.count(Channel.ordered(3));
    assertThat(mirror.heard()).isEqualTo(2);
  }

  @Test
  void afterTheExitTheRoomIsNotJoined() {
    assertThat(mirror.isJoined()).isTrue();
    mirror.on(new RoomEvent.Exited(5, LeaveReason.KICKED, NOTHING));
    assertThat(mirror.isJoined()).isFalse();
    assertThat(heard).containsExactly("exited KICKED");
  }
}
