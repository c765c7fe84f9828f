package dev.skein.server;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.packet.Varint;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionStats;
import dev.skein.server.transport.Connection;
import dev.skein.server.transport.ConnectionEvents;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A connection that keeps what is sent on it. */
final class TestConnection implements Connection {
  private static final int SEND_MAX_BYTES = 65_536;

  private final Shard shard;
  private final List<Sent> sent = new ArrayList<>();
  private Optional<ConnectionEvents.Events> events = Optional.empty();
  private Optional<CloseReason> closed = Optional.empty();

  TestConnection(Shard shard) {
    this.shard = shard;
  }

  /** A message that went out. */
  record Sent(Channel channel, byte[] message) {}

  /** A RESPONSE as a client reads it; code and text are 0 and the payload's text for OK. */
  record Response(long requestId, int ver, int cmd, int status, int code, String text) {}

  /** Opens the session and passes its first turn of the shard. */
  TestConnection open(Users users, TestShard testShard, String uid)
      throws ConnectionEvents.Refused {
    events = Optional.of(users.onOpen(this, new ConnectionEvents.Identity(uid, "sid-" + uid)));
    testShard.advanceMillis(0);
    return this;
  }

  ConnectionEvents.Events events() {
    return events.orElseThrow();
  }

  void command(long requestId, int ver, int cmd, String payload) {
    command(requestId, ver, cmd, payload.getBytes(StandardCharsets.UTF_8), Channel.ordered(0));
  }

  void command(long requestId, int ver, int cmd, byte[] payload, Channel channel) {
    int idBytes = Varint.size(requestId);
    byte[] message = new byte[1 + idBytes + 3 + payload.length];
    message[0] = 1;
    int at = Varint.write(message, 1, requestId);
    message[at] = (byte) ver;
    message[at + 1] = (byte) (cmd >>> 8);
    message[at + 2] = (byte) cmd;
    System.arraycopy(payload, 0, message, at + 3, payload.length);
    raw(channel, message);
  }

  void raw(Channel channel, byte... message) {
    events().onMessage(channel, message, 0, message.length);
  }

  List<Sent> sent() {
    return sent;
  }

  List<Response> responses() {
    return sent.stream().filter(each -> each.message[0] == 2).map(TestConnection::read).toList();
  }

  Response onlyResponse() {
    if (responses().size() != 1) {
      throw new AssertionError("not one response: " + responses());
    }
    return responses().getFirst();
  }

  Optional<CloseReason> closeReason() {
    return closed;
  }

  private static Response read(Sent each) {
    byte[] message = each.message();
    int at = 1 + Varint.encodedBytes(message[1]);
    int status = message[at + 3];
    int rest = at + 4;
    int code = status == 1 ? 0 : (message[rest] & 0xff) << 8 | message[rest + 1] & 0xff;
    int textAt = status == 1 ? rest : rest + 2;
    return new Response(
        Varint.read(message, 1),
        message[at] & 0xff,
        (message[at + 1] & 0xff) << 8 | message[at + 2] & 0xff,
        status,
        code,
        new String(message, textAt, message.length - textAt, StandardCharsets.UTF_8));
  }

  @Override
  public long id() {
    return 1;
  }

  @Override
  public Shard shard() {
    return shard;
  }

  @Override
  public Role role() {
    return Role.UDP;
  }

  @Override
  public SendResult send(
      Channel channel, long conflationKey, byte[] message, int offset, int length) {
    if (length > SEND_MAX_BYTES) {
      return SendResult.TOO_LARGE;
    }
    sent.add(new Sent(channel, Arrays.copyOfRange(message, offset, offset + length)));
    return SendResult.ACCEPTED;
  }

  @Override
  public void close(int code, String text) {
    if (closed.isEmpty()) {
      CloseReason reason = new CloseReason(code, text, false);
      closed = Optional.of(reason);
      events().onClosed(reason);
    }
  }

  @Override
  public long smoothedRttNanos() {
    return 0;
  }

  @Override
  public SessionStats stats() {
    return new SessionStats(0, sent.size(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return new InetSocketAddress("127.0.0.1", 1);
  }
}
