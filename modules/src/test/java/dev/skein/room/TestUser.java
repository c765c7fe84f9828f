package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.server.Messages;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import dev.skein.server.User;
import dev.skein.server.UserData;
import dev.skein.simulation.SimValues;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A user that keeps what is sent to it. */
final class TestUser implements User {
  private final String uid;
  private final Shard shard;
  private final UserData data = new SimValues();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile boolean connected = true;

  /** One event, and what it came over. */
  record Received(RoomEvent event, Channel channel) {}

  TestUser(String uid, Shard shard) {
    this.uid = uid;
    this.shard = shard;
  }

  List<Received> received() {
    return received;
  }

  List<RoomEvent> events() {
    return received.stream().map(Received::event).toList();
  }

  /** The events of one kind. */
  <E extends RoomEvent> List<E> events(Class<E> kind) {
    return events().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** What was said to this user, as text: from, a colon, data. */
  List<String> heard() {
    return events(RoomEvent.Said.class).stream()
        .map(said ->
            said.from() + ":" + new String(said.data(), java.nio.charset.StandardCharsets.UTF_8))
        .toList();
  }

  void forget() {
    received.clear();
  }

  void gone() {
    connected = false;
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public String sid() {
    return uid;
  }

  @Override
  public Role role() {
    return Role.UDP;
  }

  @Override
  public UserData data() {
    return data;
  }

  @Override
  public Shard shard() {
    return shard;
  }

  @Override
  public void push(int ver, int cmd, byte[] payload, Channel channel) {
    send(Messages.push(ver, cmd, payload), channel, 0);
  }

  @Override
  public void send(byte[] message, Channel channel, long conflationKey) {
    if (shard.isCurrent()) {
      take(message, channel);
    } else {
      shard.execute(() -> take(message, channel));
    }
  }

  private void take(byte[] message, Channel channel) {
    if (!connected) {
      return;
    }
    PayloadReader in = new PayloadReader(message);
    if (in.u8() != 0x03 || in.u8() != 1) {
      throw new AssertionError("not a push of ver 1");
    }
    int cmd = in.u16();
    received.add(
        new Received(
            RoomEvent.decode(cmd, in.rest())
                .orElseThrow(() -> new AssertionError("malformed push " + cmd)),
            channel));
  }

  @Override
  public void disconnect(int code, String text) {
    gone();
  }

  @Override
  public Duration rtt() {
    return Duration.ZERO;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return InetSocketAddress.createUnresolved(uid, 1);
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public String toString() {
    return uid;
  }
}
