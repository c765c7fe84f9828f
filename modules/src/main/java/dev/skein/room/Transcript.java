package dev.skein.room;

import dev.skein.protocol.record.RecordCodec;
import java.util.List;

/**
 * All that another node needs to go on with a room with backups.
 *
 * @param frames the {@link FrameLog}, encoded
 * @param untold the keys of changed objects that members have not been told of
 */
@SuppressWarnings("ArrayRecordComponent")
record Transcript(RoomCopy copy, byte[] frames, List<String> untold) {
  private static final RecordCodec<Transcript> CODEC = RecordCodec.of(Transcript.class);

  byte[] encode() {
    return CODEC.encode(this);
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws dev.skein.protocol.record.MalformedRecordException if it is something else
   */
  static Transcript decode(byte[] bytes) {
    return CODEC.decode(bytes);
  }
}
