package dev.skein.dm;

import dev.skein.protocol.Channel;
import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.protocol.record.RecordCodec;
import dev.skein.server.CommandException;
import dev.skein.server.Status;

/** What couriers bring each other. */
sealed interface Letter {

  /**
   * A message for a user of the other node; answered by a {@link Receipt}.
   *
   * @param kind of the channel, by its place
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Message(String from, String to, byte[] data, int kind, int channel) implements Letter {
    Channel over() {
      return Channel.of(kind, channel);
    }
  }

  /** A user of the other node has lost a peer; not answered. */
  record Gone(String who, String to, boolean disconnected) implements Letter {}

  /**
   * What became of a {@link Message}.
   *
   * @param code of the refusal; 0 if there was none
   */
  record Receipt(Outcome outcome, int code, String text) {
    static final Receipt DELIVERED = new Receipt(Outcome.DELIVERED, 0, "");
    static final Receipt NOT_HERE = new Receipt(Outcome.NOT_HERE, 0, "");

    static Receipt of(CommandException refused) {
      Outcome outcome = refused.status() == Status.BAD ? Outcome.BAD : Outcome.ERR;
      return new Receipt(outcome, refused.code(), String.valueOf(refused.getMessage()));
    }

    static Receipt decode(byte[] bytes) {
      return RecordCodec.of(Receipt.class).decode(bytes);
    }
  }

  /** How a message ended. */
  enum Outcome {
    DELIVERED,
    /** The receiver is not on this node. */
    NOT_HERE,
    BAD,
    ERR
  }

  default byte[] encode() {
    byte[] body = RecordCodec.encodeRecord((Record) this);
    byte[] all = new byte[body.length + 1];
    all[0] = (byte) (this instanceof Message ? 0 : 1);
    System.arraycopy(body, 0, all, 1, body.length);
    return all;
  }

  /**
   * The letter in these bytes.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Letter decode(byte[] bytes) {
    Class<? extends Record> type = bytes.length > 0 && bytes[0] == 0 ? Message.class : Gone.class;
    try {
      return (Letter) RecordCodec.of(type).decode(bytes, 1, bytes.length - 1);
    } catch (MalformedRecordException | IndexOutOfBoundsException malformed) {
      throw new IllegalArgumentException("no letter", malformed);
    }
  }
}
