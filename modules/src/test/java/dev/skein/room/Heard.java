package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.room.RoomEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An audience that decodes what everybody would hear. */
final class Heard implements Audience {
  private final List<Member> members = new ArrayList<>();
  private final Map<String, List<RoomEvent>> events = new LinkedHashMap<>();
  final List<Channel> channels = new ArrayList<>();
  int largest;

  void clear() {
    events.clear();
    channels.clear();
    largest = 0;
  }

  List<RoomEvent> by(String uid) {
    return events.getOrDefault(uid, List.of());
  }

  List<String> texts(String uid) {
    return by(uid).stream()
        .map(RoomEvent.Said.class::cast)
        .map(said -> said.from() + ":" + new String(said.data(), UTF_8))
        .toList();
  }

  @Override
  public void add(Member member) {
    members.add(member);
  }

  @Override
  public void remove(Member member) {
    members.remove(member);
  }

  @Override
  public void toAll(byte[] message, Channel channel) {
    channels.add(channel);
    members.forEach(member -> hear(member, message));
  }

  @Override
  public void toOthers(Member except, byte[] message, Channel channel) {
    channels.add(channel);
    members.stream().filter(member -> member != except).forEach(member -> hear(member, message));
  }

  @Override
  public void to(Member member, byte[] message, Channel channel) {
    channels.add(channel);
    hear(member, message);
  }

  private void hear(Member member, byte[] message) {
    largest = Math.max(largest, message.length);
    PayloadReader in = new PayloadReader(message);
    assertThat(in.u8()).isEqualTo(3);
    assertThat(in.u8()).isEqualTo(1);
    RoomEvent event = RoomEvent.decode(in.u16(), in.rest()).orElseThrow();
    assertThat(event.room()).isEqualTo(StateBed.NUMBER);
    events.computeIfAbsent(member.uid(), uid -> new ArrayList<>()).add(event);
  }
}
