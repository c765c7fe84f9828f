package dev.skein.group;

import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.protocol.record.RecordCodec;

/** What nodes ask each other of groups, besides {@link Mail}. */
sealed interface Question {

  /** A group's numbers; the answer is a {@link dev.skein.protocol.group.GroupStat}. */
  record Stat(long group) implements Question {}

  /**
   * Any registered group of a type.
   *
   * @param candidate the id of a group that the asker would make; empty if it would not
   * @param gone the id of a group that was picked before and is not there; empty if none was
   */
  record Pick(String type, String candidate, String gone) implements Question {}

  /** The answer to {@link Stat}. */
  record Numbers(String id, String type, long members, int nodes, boolean registered) {}

  /** The answer to {@link Pick}; the id is empty if there is none. */
  record Picked(String groupId) {}

  default byte[] encode() {
    byte[] body = RecordCodec.encodeRecord((Record) this);
    byte[] all = new byte[body.length + 1];
    all[0] = (byte) (this instanceof Stat ? 0 : 1);
    System.arraycopy(body, 0, all, 1, body.length);
    return all;
  }

  /**
   * The question in these bytes.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Question decode(byte[] bytes) {
    Class<? extends Record> type = bytes.length > 0 && bytes[0] == 0 ? Stat.class : Pick.class;
    try {
      return (Question) RecordCodec.of(type).decode(bytes, 1, bytes.length - 1);
    } catch (MalformedRecordException | IndexOutOfBoundsException malformed) {
      throw new IllegalArgumentException("no question about groups", malformed);
    }
  }
}
