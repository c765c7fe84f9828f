package dev.skein.room;

import dev.skein.protocol.packet.Varint;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.server.Messages;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Encodes a room's events as whole PUSH messages, each once for all receivers. */
final class RoomPush {
  /** Lists that may be long are cut into pushes of about this size. */
  static final int CHUNK_MAX_BYTES = 8_192;

  private RoomPush() {}

  static byte[] of(RoomEvent event) {
    PayloadWriter out = new PayloadWriter(Messages.PUSH_HEADER_BYTES);
    event.write(out);
    return finish(out, event.cmd());
  }

  /** A broadcast, relay or message: the one allocation of the hot path. */
  static byte[] said(
      RoomEvent.Address address, int room, int from, byte[] data, int at, int length) {
    boolean named = address != RoomEvent.Address.ANNOUNCE;
    int header = Messages.PUSH_HEADER_BYTES + Varint.size(room) + (named ? Varint.size(from) : 0);
    byte[] message = new byte[header + length];
    Messages.pushHeader(message, RoomCmd.VER, address.cmd());
    int next = Varint.write(message, Messages.PUSH_HEADER_BYTES, room);
    if (named) {
      Varint.write(message, next, from);
    }
    System.arraycopy(data, at, message, header, length);
    return message;
  }

  /** Whether a message of a room tells its receiver that it is out. */
  static boolean isExit(byte[] message) {
    PayloadReader in = new PayloadReader(message, 2, message.length - 2);
    return in.u16() == RoomCmd.EXITED;
  }

  /** PROPERTIES or OBJECTS pushes with these changes; none for no changes. */
  static List<byte[]> changes(int cmd, int room, Map<String, Optional<Value>> changes) {
    return chunks(
        cmd,
        room,
        changes.entrySet(),
        (out, change) -> out.string(change.getKey()).optionalValue(change.getValue()));
  }

  /** ROSTER pushes with these members. */
  static List<byte[]> roster(int room, Collection<Member> members) {
    return chunks(
        RoomCmd.ROSTER,
        room,
        members,
        (out, member) -> out.varint(member.number()).string(member.uid()));
  }

  private static <T> List<byte[]> chunks(
      int cmd, int room, Collection<T> elements, BiConsumer<PayloadWriter, T> writer) {
    List<byte[]> messages = new ArrayList<>();
    PayloadWriter out = start(room);
    int empty = out.length();
    for (T element : elements) {
      writer.accept(out, element);
      if (out.length() >= CHUNK_MAX_BYTES) {
        messages.add(finish(out, cmd));
        out = start(room);
      }
    }
    if (out.length() > empty) {
      messages.add(finish(out, cmd));
    }
    return messages;
  }

  /** The start of a push of this room: room for the header, and the room's number. */
  static PayloadWriter start(int room) {
    return new PayloadWriter(Messages.PUSH_HEADER_BYTES).varint(room);
  }

  static byte[] finish(PayloadWriter out, int cmd) {
    byte[] message = out.toBytes();
    Messages.pushHeader(message, RoomCmd.VER, cmd);
    return message;
  }
}
