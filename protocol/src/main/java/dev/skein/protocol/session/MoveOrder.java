package dev.skein.protocol.session;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.packet.Frame;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a MOVE tells the client: where its session goes on, and the secrets to go there with
 * (PROTOCOL §11). The arrays are shared, not copied.
 *
 * @param carrier what is spoken there: the same as here
 * @param host a name or address; empty for the host the client is connected to now
 * @param port 1 to 65535
 * @param ticket single-use, for the target only
 * @param key the ticket's key, 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent")
public record MoveOrder(Carrier carrier, String host, int port, byte[] ticket, byte[] key) {

  /** How the target is reached; a session never changes it. */
  public enum Carrier {
    UDP,
    TCP,
    WS
  }

  /** The longest host name in bytes. */
  public static final int HOST_MAX_BYTES = 255;

  /** The longest ticket. */
  public static final int TICKET_MAX_BYTES = 640;

  private static final int PORT_AT = 1;
  private static final int HOST_AT = 4;
  private static final int FIXED_BYTES = HOST_AT + Ticket.KEY_BYTES;

  public MoveOrder {
    int hostBytes = host.getBytes(StandardCharsets.UTF_8).length;
    if (hostBytes > HOST_MAX_BYTES) {
      throw new IllegalArgumentException("host has " + hostBytes + " bytes, more than 255");
    }
    Bounds.within("port", port, 1, 0xffff);
    if (key.length != Ticket.KEY_BYTES) {
      throw new IllegalArgumentException("key has " + key.length + " bytes, not 32");
    }
    if (ticket.length < 1 || ticket.length > TICKET_MAX_BYTES) {
      throw new IllegalArgumentException("ticket has " + ticket.length + " bytes, not 1..640");
    }
  }

  /** The body of a MOVE frame. */
  public byte[] toBytes() {
    byte[] name = host.getBytes(StandardCharsets.UTF_8);
    byte[] body = new byte[FIXED_BYTES + name.length + ticket.length];
    body[0] = (byte) (carrier.ordinal() + 1);
    BigEndian.putShort(body, PORT_AT, port);
    body[HOST_AT - 1] = (byte) name.length;
    System.arraycopy(name, 0, body, HOST_AT, name.length);
    int keyAt = HOST_AT + name.length;
    System.arraycopy(key, 0, body, keyAt, key.length);
    System.arraycopy(ticket, 0, body, keyAt + key.length, ticket.length);
    return body;
  }

  /** Reads the body of a MOVE frame; empty if it breaks a rule. Never throws. */
  public static Optional<MoveOrder> parse(byte[] buffer, int offset, int length) {
    if (length <= FIXED_BYTES || length > Frame.MOVE_MAX_BYTES) {
      return Optional.empty();
    }
    int carrier = buffer[offset] & 0xff;
    int port = BigEndian.getShort(buffer, offset + PORT_AT);
    int hostBytes = buffer[offset + HOST_AT - 1] & 0xff;
    int ticketBytes = length - FIXED_BYTES - hostBytes;
    if (carrier < 1
        || carrier > Carrier.values().length
        || port == 0
        || ticketBytes < 1
        || ticketBytes > TICKET_MAX_BYTES) {
      return Optional.empty();
    }
    int keyAt = offset + HOST_AT + hostBytes;
    int ticketAt = keyAt + Ticket.KEY_BYTES;
    return host(buffer, offset + HOST_AT, hostBytes)
        .map(host ->
            new MoveOrder(
                Carrier.values()[carrier - 1],
                host,
                port,
                Arrays.copyOfRange(buffer, ticketAt, offset + length),
                Arrays.copyOfRange(buffer, keyAt, ticketAt)));
  }

  private static Optional<String> host(byte[] buffer, int offset, int length) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(java.nio.ByteBuffer.wrap(buffer, offset, length))
              .toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "MoveOrder[" + carrier + " " + host + ":" + port + "]";
  }
}
