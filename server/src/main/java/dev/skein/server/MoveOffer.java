package dev.skein.server;

import dev.skein.protocol.Channel;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.session.SessionConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A user on the way to another node: everything that goes along. The arrays are shared, not copied.
 *
 * @param sid 16 bytes
 * @param life how often the session has moved with this move
 * @param terms what both ends of the session have agreed on
 * @param session see {@link dev.skein.protocol.session.SessionStateCodec}
 * @param commands received but not yet handled, oldest first
 * @param data see {@link UserDataCodec}
 * @param parcels of the modules
 */
@SuppressWarnings("ArrayRecordComponent")
record MoveOffer(
    String uid,
    byte[] sid,
    int life,
    Role role,
    Terms terms,
    long rttNanos,
    byte[] session,
    List<Command> commands,
    byte[] data,
    List<Parcel> parcels) {

  /** The most an offer may weigh; a user with more to carry stays where it is. */
  static final int MAX_BYTES = 4 * 1024 * 1024;

  private static final int VERSION = 1;
  private static final int PARCELS_MAX_COUNT = 256;
  private static final int NAME_MAX_BYTES = 256;
  private static final int WINDOW_MAX_BYTES = 16_777_216;

  /** What one module sends along. */
  @SuppressWarnings("ArrayRecordComponent")
  record Parcel(String module, byte[] packed) {}

  /** Limits of the session that its messages were made within. */
  record Terms(int channels, int messageMaxBytes, int receiveWindowBytes) {
    static Terms of(SessionConfig config) {
      return new Terms(config.channels(), config.maxMessageBytes(), config.receiveWindowBytes());
    }

    /** True if a session of these terms can go on under those. */
    boolean fitInto(Terms other) {
      return channels <= other.channels
          && messageMaxBytes <= other.messageMaxBytes
          && receiveWindowBytes <= other.receiveWindowBytes;
    }
  }

  byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    out.u8(VERSION).string(uid).raw(sid).varint(life).u8(role.ordinal());
    out.varint(terms.channels).varint(terms.messageMaxBytes).varint(terms.receiveWindowBytes);
    out.varint(rttNanos).blob(session);
    out.varint(commands.size());
    for (Command each : commands) {
      out.u8(each.ver()).u16(each.cmd()).varint(each.requestId());
      out.u8(each.channel().kind().ordinal()).u8(each.channel().id()).blob(each.payload());
    }
    out.blob(data);
    out.varint(parcels.size());
    for (Parcel each : parcels) {
      out.string(each.module).blob(each.packed);
    }
    return out.toBytes();
  }

  /** The offer these bytes stand for; empty if they are malformed. Never throws. */
  static Optional<MoveOffer> decode(byte[] bytes, int commandsMaxCount) {
    if (bytes.length > MAX_BYTES) {
      return Optional.empty();
    }
    PayloadReader in = new PayloadReader(bytes);
    int version = in.u8();
    String uid = in.string(Ticket.UID_MAX_BYTES);
    byte[] sid = fixed(in, Ticket.SID_BYTES);
    int life = in.varint(Integer.MAX_VALUE);
    int role = in.u8();
    Terms terms = new Terms(in.varint(256), in.varint(MAX_BYTES), in.varint(WINDOW_MAX_BYTES));
    long rttNanos = in.varint();
    byte[] session = in.blob(MAX_BYTES);
    List<Command> commands = commands(in, commandsMaxCount);
    byte[] data = in.blob(MAX_BYTES);
    List<Parcel> parcels = parcels(in);
    if (version != VERSION
        || !in.finished()
        || uid.isEmpty()
        || role >= Role.values().length
        || Role.values()[role] == Role.HTTP) {
      return Optional.empty();
    }
    return Optional.of(
        new MoveOffer(
            uid,
            sid,
            life,
            Role.values()[role],
            terms,
            rttNanos,
            session,
            commands,
            data,
            parcels));
  }

  private static byte[] fixed(PayloadReader in, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) in.u8();
    }
    return bytes;
  }

  private static List<Command> commands(PayloadReader in, int maxCount) {
    int count = in.varint(maxCount);
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < count && in.ok(); i++) {
      int ver = in.u8();
      int cmd = in.u16();
      long requestId = in.varint();
      Channel channel = channel(in);
      commands.add(new Command(ver, cmd, requestId, in.blob(MAX_BYTES), channel));
    }
    return commands;
  }

  /** A channel as kind and number; rejects what is none. */
  static Channel channel(PayloadReader in) {
    int kind = in.u8();
    int id = in.u8();
    if (kind >= Channel.Kind.values().length) {
      in.reject();
      return Channel.RELIABLE;
    }
    return Channel.of(kind, id);
  }

  private static List<Parcel> parcels(PayloadReader in) {
    int count = in.varint(PARCELS_MAX_COUNT);
    List<Parcel> parcels = new ArrayList<>();
    for (int i = 0; i < count && in.ok(); i++) {
      parcels.add(new Parcel(in.string(NAME_MAX_BYTES), in.blob(MAX_BYTES)));
    }
    return parcels;
  }
}
