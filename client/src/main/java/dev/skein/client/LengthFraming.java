package dev.skein.client;

import dev.skein.protocol.packet.BigEndian;
import java.io.IOException;

/** TCP: {@code u32 length ‖ record} (PROTOCOL §6.2). */
final class LengthFraming implements Framing {

  @Override
  public byte[] greeting() {
    return new byte[0];
  }

  @Override
  public int headerRoomBytes() {
    return Integer.BYTES;
  }

  @Override
  public int frame(byte[] buffer, int recordAt, int length) {
    BigEndian.putInt(buffer, recordAt - Integer.BYTES, length);
    return recordAt - Integer.BYTES;
  }

  @Override
  public int read(byte[] buffer, int from, int to, Records records) throws IOException {
    int at = from;
    while (to - at >= Integer.BYTES && records.wanted()) {
      int length = BigEndian.getInt(buffer, at);
      if (length < 1 || length > RECORD_MAX_BYTES) {
        throw new IOException("a record of " + length + " bytes");
      }
      int record = at + Integer.BYTES;
      if (to - record < length) {
        break;
      }
      records.onRecord(buffer, record, length);
      at = record + length;
    }
    return at;
  }
}
