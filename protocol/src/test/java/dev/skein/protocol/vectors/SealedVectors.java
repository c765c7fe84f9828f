package dev.skein.protocol.vectors;

import static dev.skein.protocol.vectors.Vector.bytes;

import dev.skein.protocol.Channel;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Hkdf;
import dev.skein.protocol.crypto.PacketCipher;
import dev.skein.protocol.handshake.Established;
import dev.skein.protocol.packet.FrameWriter;
import dev.skein.protocol.packet.PacketHeader;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.Received;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.StreamResume;
import dev.skein.protocol.session.StreamSession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Keys, frames, sealed packets and records. */
final class SealedVectors {
  private static final byte[] SECRET = bytes(0x01, 32);
  private static final long EPOCH = 1L << PacketCipher.EPOCH_BITS;

  private SealedVectors() {}

  /** The first epochs of one direction. */
  static List<Map<String, Object>> epochs() {
    List<Map<String, Object>> all = new ArrayList<>();
    byte[] secret = SECRET;
    for (int epoch = 0; epoch < 3; epoch++) {
      all.add(
          new Vector()
              .with("epoch", epoch)
              .with("x", secret)
              .with("aesKey", Hkdf.expand(secret, "key", 16))
              .with("chachaKey", Hkdf.expand(secret, "key", 32))
              .with("iv", Hkdf.expand(secret, "iv", 12))
              .fields());
      secret = Hkdf.expand(secret, "next", 32);
    }
    return all;
  }

  private static byte[] frames(Consumer<FrameWriter> frames) {
    byte[] buffer = new byte[1200];
    FrameWriter writer = new FrameWriter();
    writer.reset(buffer, 0, buffer.length);
    frames.accept(writer);
    return Arrays.copyOf(buffer, writer.written());
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** One of each frame. */
  static List<Map<String, Object>> frames() {
    byte[] data = text("hello");
    List<Map<String, Object>> all = new ArrayList<>();
    all.add(frame("PING", FrameWriter::ping));
    all.add(frame("PONG", FrameWriter::pong));
    all.add(frame("PADDING × 3", writer -> writer.padding(3)));
    all.add(
        frame(
            "ACK of 1000–1010, 990–995 and 7, delay 300 µs",
            writer -> {
              writer.ack(1000, 1010, 300);
              writer.ackRange(990, 995);
              writer.ackRange(7, 7);
            }));
    all.add(frame("PATH_CHALLENGE", writer -> writer.pathChallenge(0x0102_0304_0506_0708L)));
    all.add(frame("PATH_RESPONSE", writer -> writer.pathResponse(0x0102_0304_0506_0708L)));
    all.add(frame("CLOSE 1014 \"bye\"", writer -> writer.close(1014, text("bye"))));
    all.add(frame("RECEIVED 20000", writer -> writer.received(20_000)));
    MoveOrder order =
        new MoveOrder(MoveOrder.Carrier.UDP, "node-2", 7100, bytes(0, 40), bytes(64, 32));
    all.add(
        frame(
            "MOVE over UDP to node-2:7100, key 40–5f, ticket of 40 bytes 00–27",
            writer -> writer.move(order.toBytes())));
    all.add(
        frame(
            "MESSAGE unreliable, with length",
            writer -> writer.message(Channel.UNRELIABLE, 0, data, 0, 5, true)));
    all.add(
        frame(
            "MESSAGE unreliable-sequenced, channel 2, id 70, with length",
            writer -> writer.message(Channel.sequenced(2), 70, data, 0, 5, true)));
    all.add(
        frame(
            "MESSAGE reliable-unordered, id 3, with length",
            writer -> writer.message(Channel.RELIABLE, 3, data, 0, 5, true)));
    all.add(
        frame(
            "MESSAGE reliable-ordered, channel 1, id 0, without length",
            writer -> writer.message(Channel.ordered(1), 0, data, 0, 5, false)));
    byte[] slice = bytes(0, 600);
    all.add(
        frame(
            "MESSAGE reliable-ordered, channel 1, id 9, fragment 1 of 0–2, with length",
            writer -> writer.fragment(Channel.ordered(1), 9, 1, 3, slice, 0, 600, true)));
    return all;
  }

  private static Map<String, Object> frame(String name, Consumer<FrameWriter> writing) {
    return new Vector().with("frame", name).with("bytes", frames(writing)).fields();
  }

  /** Packets of both suites, directions, header lengths and epochs. */
  static List<Map<String, Object>> packets() {
    byte[] ping = frames(FrameWriter::ping);
    byte[] message =
        frames(writer -> writer.message(Channel.ordered(0), 0, text("hello"), 0, 5, false));
    List<Map<String, Object>> all = new ArrayList<>();
    for (CipherSuite suite : CipherSuite.values()) {
      all.add(packet(suite, Role.CLIENT, 0, -1, ping));
      all.add(packet(suite, Role.SERVER, 0, -1, message));
      all.add(packet(suite, Role.CLIENT, 1000, 100, message));
      all.add(packet(suite, Role.SERVER, EPOCH - 1, EPOCH - 3, ping));
      all.add(packet(suite, Role.SERVER, EPOCH, EPOCH - 70_000, message));
    }
    return all;
  }

  private static Map<String, Object> packet(
      CipherSuite suite, Role from, long number, long largestAcked, byte[] plain) {
    byte[] packet = new byte[PacketHeader.MAX_BYTES + plain.length + CipherSuite.TAG_BYTES];
    int header =
        from == Role.CLIENT
            ? PacketHeader.writeFromClient(
                packet, 0, HandshakeVectors.CONNECTION_ID, number, largestAcked)
            : PacketHeader.writeFromServer(packet, 0, number, largestAcked);
    System.arraycopy(plain, 0, packet, header, plain.length);
    int sealed = PacketCipher.sealing(suite, SECRET).seal(number, packet, 0, header, plain.length);
    return new Vector()
        .with("cipherSuite", suite.code())
        .with("from", from == Role.CLIENT ? "client" : "server")
        .with("x_0", SECRET)
        .with("number", number)
        .with("largestAcked", largestAcked)
        .with("frames", plain)
        .with("packet", Arrays.copyOf(packet, header + sealed))
        .fields();
  }

  /** The first records of a stream, a cut, and how it goes on. */
  static Vector resume(Established established) {
    Silent events = new Silent();
    StreamSession client =
        new StreamSession(
            Role.CLIENT,
            established.connectionId(),
            established.secrets(),
            established.config(),
            events,
            0);
    StreamSession server =
        new StreamSession(
            Role.SERVER,
            established.connectionId(),
            established.secrets(),
            established.config(),
            events,
            0);
    byte[] lost = text("lost and sent again");
    client.send(Channel.ordered(0), text("first"), 0, 5, 0);
    byte[] first = poll(client);
    receive(server.onRecord(first.clone(), 0, first.length, 0));
    long later = established.config().packWindowNanos();
    client.send(Channel.ordered(0), lost, 0, lost.length, later);
    byte[] second = poll(client, later);

    StreamResume.Asked asked = client.resume(bytes(0x50, 16), later);
    byte[] request = asked.message();
    StreamResume.Answered answered =
        server.onResume(request, 0, request.length, bytes(0x70, 16)).orElseThrow();
    byte[] answer = answered.message();
    receive(client.onResumed(asked, answer, 0, answer.length, later));
    byte[] third = poll(client, later);
    receive(server.onFirstRecord(answered, third.clone(), 0, third.length, later));
    byte[] fourth = poll(server, later);
    receive(client.onRecord(fourth.clone(), 0, fourth.length, later));
    return new Vector()
        .with("clientRecord0", first)
        .with("clientRecord1LostInTheCut", second)
        .with("streamResume", request)
        .with("streamResumed", answer)
        .with("clientRecord0AfterResume", third)
        .with("serverRecord0AfterResume", fourth)
        .with("clientQueuedBytesAfter", client.queuedBytes());
  }

  private static byte[] poll(StreamSession session) {
    return poll(session, 0);
  }

  private static byte[] poll(StreamSession session, long nowNanos) {
    byte[] out = new byte[1200];
    int length = session.poll(out, 0, out.length, nowNanos);
    return Arrays.copyOf(out, length);
  }

  private static void receive(Received received) {
    if (received != Received.ACCEPTED) {
      throw new AssertionError(received);
    }
  }
}
