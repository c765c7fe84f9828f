package dev.skein.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * WebSocket (RFC 6455), as much of it as Skein uses: one binary message is one record. Messages
 * that an intermediary split into several frames are put together again.
 */
final class WebSocketFraming implements Framing {
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int UPGRADE_MAX_BYTES = 8 * 1024;
  private static final int CONTROL_MAX_BYTES = 125;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int CONTINUATION = 0x0;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xa;

  private final String host;
  private final RandomGenerator random;
  private final String key;
  private boolean upgraded;
  private boolean splitMessage;
  private byte[] gathered = {};

  WebSocketFraming(String host, RandomGenerator random) {
    this.host = host;
    this.random = random;
    byte[] nonce = new byte[16];
    random.nextBytes(nonce);
    this.key = Base64.getEncoder().encodeToString(nonce);
  }

  @Override
  public byte[] greeting() {
    String request =
        "GET /skein HTTP/1.1\r\n"
            + ("Host: " + host + "\r\n")
            + "Upgrade: websocket\r\n"
            + "Connection: Upgrade\r\n"
            + ("Sec-WebSocket-Key: " + key + "\r\n")
            + "Sec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Protocol: skein.v1\r\n\r\n";
    return request.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public int headerRoomBytes() {
    return 2 + Long.BYTES + Integer.BYTES;
  }

  @Override
  public int frame(byte[] buffer, int recordAt, int length) {
    return frame(buffer, recordAt, length, BINARY);
  }

  private int frame(byte[] buffer, int payloadAt, int length, int opcode) {
    int mask = random.nextInt();
    mask(buffer, payloadAt, length, mask);
    int extended = length < 126 ? 0 : length <= 0xffff ? Short.BYTES : Long.BYTES;
    int start = payloadAt - Integer.BYTES - extended - 2;
    buffer[start] = (byte) (FIN | opcode);
    buffer[start + 1] =
        (byte) (MASKED | (extended == 0 ? length : extended == Short.BYTES ? 126 : 127));
    putBigEndian(buffer, start + 2, extended, length);
    putBigEndian(buffer, payloadAt - Integer.BYTES, Integer.BYTES, mask);
    return start;
  }

  @Override
  public int read(byte[] buffer, int from, int to, Records records) throws IOException {
    int at = from;
    if (!upgraded) {
      at = readUpgrade(buffer, from, to);
      if (!upgraded) {
        return at;
      }
      records.onReady();
    }
    while (records.wanted()) {
      int next = readFrame(buffer, at, to, records);
      if (next == at) {
        break;
      }
      at = next;
    }
    return at;
  }

  private int readUpgrade(byte[] buffer, int from, int to) throws IOException {
    String text = new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      if (text.length() > UPGRADE_MAX_BYTES) {
        throw new IOException("the answer to the upgrade is too long");
      }
      return from;
    }
    String[] lines = text.substring(0, end).split("\r\n", -1);
    boolean accepted =
        Arrays.stream(lines)
            .map(line -> line.split(":", 2))
            .anyMatch(header ->
                header.length == 2
                    && header[0].equalsIgnoreCase("Sec-WebSocket-Accept")
                    && header[1].strip().equals(expectedAccept()));
    if (!lines[0].startsWith("HTTP/1.1 101") || !accepted) {
      throw new IOException("the upgrade was answered with " + lines[0]);
    }
    upgraded = true;
    return from + end + 4;
  }

  /** Reads one frame; returns {@code at} if it is not whole yet. */
  private int readFrame(byte[] buffer, int at, int to, Records records) throws IOException {
    if (to - at < 2) {
      return at;
    }
    int lengthCode = buffer[at + 1] & 0xff;
    int extended = lengthCode < 126 ? 0 : lengthCode == 126 ? Short.BYTES : Long.BYTES;
    if (lengthCode >= MASKED) {
      throw new IOException("a masked frame from the server");
    }
    int payload = at + 2 + extended;
    if (payload > to) {
      return at;
    }
    long length = extended == 0 ? lengthCode : bigEndian(buffer, at + 2, extended);
    if (length < 0 || length > RECORD_MAX_BYTES) {
      throw new IOException("a frame of " + length + " bytes");
    }
    if (to - payload < length) {
      return at;
    }
    onFrame(buffer[at] & 0xff, buffer, payload, (int) length, records);
    return payload + (int) length;
  }

  private void onFrame(int head, byte[] buffer, int payload, int length, Records records)
      throws IOException {
    boolean last = (head & FIN) != 0;
    switch (head & ~FIN) {
      case BINARY -> {
        refuseIf(splitMessage, "a message within a message");
        if (last) {
          records.onRecord(buffer, payload, length);
        } else {
          splitMessage = true;
          gathered = Arrays.copyOfRange(buffer, payload, payload + length);
        }
      }
      case CONTINUATION -> {
        refuseIf(!splitMessage, "a continuation of nothing");
        refuseIf(gathered.length + length > RECORD_MAX_BYTES, "a message is too long");
        int before = gathered.length;
        gathered = Arrays.copyOf(gathered, before + length);
        System.arraycopy(buffer, payload, gathered, before, length);
        if (last) {
          splitMessage = false;
          records.onRecord(gathered, 0, gathered.length);
          gathered = new byte[0];
        }
      }
      case PING -> {
        refuseIf(!last || length > CONTROL_MAX_BYTES, "a long control frame");
        records.onReply(pong(buffer, payload, length));
      }
      case PONG -> refuseIf(!last || length > CONTROL_MAX_BYTES, "a long control frame");
      case CLOSE -> throw new IOException("the server closed the WebSocket");
      default -> throw new IOException("a frame of type " + head);
    }
  }

  private byte[] pong(byte[] buffer, int payload, int length) {
    byte[] out = new byte[headerRoomBytes() + length];
    System.arraycopy(buffer, payload, out, headerRoomBytes(), length);
    int start = frame(out, headerRoomBytes(), length, PONG);
    return Arrays.copyOfRange(out, start, out.length);
  }

  private String expectedAccept() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  private static void mask(byte[] buffer, int offset, int length, int mask) {
    for (int i = 0; i < length; i++) {
      buffer[offset + i] ^= (byte) (mask >>> (24 - (i & 3) * Byte.SIZE));
    }
  }

  private static void putBigEndian(byte[] buffer, int offset, int width, long value) {
    for (int i = 0; i < width; i++) {
      buffer[offset + i] = (byte) (value >>> ((width - 1 - i) * Byte.SIZE));
    }
  }

  private static long bigEndian(byte[] buffer, int offset, int width) {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value = (value << Byte.SIZE) | (buffer[offset + i] & 0xff);
    }
    return value;
  }

  private static void refuseIf(boolean broken, String what) throws IOException {
    if (broken) {
      throw new IOException(what);
    }
  }
}
