package dev.skein.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramingTest {
  private final Heard heard = new Heard();

  /** A generator that gives the example of RFC 6455 §1.3: the key "the sample nonce". */
  private static final class SampleNonce extends Random {
    private static final long serialVersionUID = 1L;

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy("the sample nonce".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 16);
    }

    @Override
    public int nextInt() {
      return 0x37fa213d;
    }
  }

  private static final class Heard implements Framing.Records {
    final List<String> records = new ArrayList<>();
    final List<String> replies = new ArrayList<>();
    boolean ready;

    @Override
    public void onReady() {
      ready = true;
    }

    @Override
    public void onRecord(byte[] buffer, int offset, int length) {
      records.add(HexFormat.of().formatHex(buffer, offset, offset + length));
    }

    @Override
    public void onReply(byte[] frame) {
      replies.add(HexFormat.of().formatHex(frame));
    }

    @Override
    public boolean wanted() {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 125, 126, 127, 65_535, 65_536, Framing.RECORD_MAX_BYTES})
  void aFrameOfAnyLengthIsReadInPiecesAndWhole(int length) throws IOException {
    byte[] record = new byte[length];
    new Random(length).nextBytes(record);
    byte[] tcp = framed(new LengthFraming(), record);
    feedInPieces(new LengthFraming(), tcp);
    WebSocketFraming ws = upgraded();
    feedInPieces(ws, unmasked(framed(ws, record), length));
    String expected = HexFormat.of().formatHex(record);
    assertThat(heard.records).containsExactly(expected, expected);
  }

  @Test
  void aMaskedFrameIsThatOfTheRfc() {
    WebSocketFraming ws = new WebSocketFraming("h", new SampleNonce());
    byte[] framed = framed(ws, "Hello".getBytes(StandardCharsets.US_ASCII));
    assertThat(HexFormat.of().formatHex(framed)).isEqualTo("828537fa213d7f9f4d5158");
  }

  @Test
  void theUpgradeNamesPathAndSubprotocol() {
    String greeting =
        new String(
            new WebSocketFraming("a:1", new SampleNonce()).greeting(), StandardCharsets.US_ASCII);
    assertThat(greeting)
        .startsWith("GET /skein HTTP/1.1\r\nHost: a:1\r\n")
        .contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
        .contains("Sec-WebSocket-Protocol: skein.v1\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void anUpgradeThatIsNotAcceptedIsRefused() {
    for (String answer :
        List.of(
            "HTTP/1.1 404 Not Found\r\n\r\n",
            "HTTP/1.1 101 X\r\nSec-WebSocket-Accept: d3Jvbmc=\r\n\r\n",
            "HTTP/1.1 101 X\r\n" + "a".repeat(9_000))) {
      WebSocketFraming ws = new WebSocketFraming("h", new SampleNonce());
      byte[] bytes = answer.getBytes(StandardCharsets.US_ASCII);
      assertThatThrownBy(() -> ws.read(bytes, 0, bytes.length, heard))
          .isInstanceOf(IOException.class);
    }
    assertThat(heard.ready).isFalse();
  }

  @Test
  void aMessageInSeveralFramesIsOneRecord() throws IOException {
    feed(upgraded(), "0201aa" + "0001bb" + "8901ff" + "8001cc");
    assertThat(heard.records).containsExactly("aabbcc");
    assertThat(heard.replies).singleElement().asString().startsWith("8a81");
  }

  @Test
  void framesAgainstTheRfcEndTheConnection() throws IOException {
    for (String frames :
        List.of(
            "828100000000aa",
            "8001aa",
            "0201aa0201bb",
            "8101aa",
            "8802" + "03e8",
            "897e0100" + "00".repeat(256),
            "827f0000000000020001",
            "827fffffffffffffffff")) {
      WebSocketFraming ws = upgraded();
      assertThatThrownBy(() -> feed(ws, frames)).as(frames).isInstanceOf(IOException.class);
    }
    assertThat(heard.records).isEmpty();
  }

  @Test
  void aRecordLengthOutOfRangeEndsTheConnection() {
    for (String bytes : List.of("00000000", "00020001", "ffffffff")) {
      assertThatThrownBy(() -> feed(new LengthFraming(), bytes)).isInstanceOf(IOException.class);
    }
  }

  private WebSocketFraming upgraded() throws IOException {
    WebSocketFraming ws = new WebSocketFraming("h", new SampleNonce());
    byte[] answer =
        "HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    assertThat(ws.read(answer, 0, answer.length - 1, heard)).isZero();
    assertThat(ws.read(answer, 0, answer.length, heard)).isEqualTo(answer.length);
    assertThat(heard.ready).isTrue();
    return ws;
  }

  private void feed(Framing framing, String hex) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex);
    framing.read(bytes, 0, bytes.length, heard);
  }

  private void feedInPieces(Framing framing, byte[] framed) throws IOException {
    byte[] cut = Arrays.copyOf(framed, framed.length - 1);
    assertThat(framing.read(cut, 0, Math.min(3, cut.length), heard)).isZero();
    assertThat(framing.read(cut, 0, cut.length, heard)).isZero();
    assertThat(framing.read(framed, 0, framed.length, heard)).isEqualTo(framed.length);
  }

  private static byte[] framed(Framing framing, byte[] record) {
    byte[] buffer = new byte[framing.headerRoomBytes() + record.length];
    System.arraycopy(record, 0, buffer, framing.headerRoomBytes(), record.length);
    int start = framing.frame(buffer, framing.headerRoomBytes(), record.length);
    return Arrays.copyOfRange(buffer, start, buffer.length);
  }

  /** The same frame as a server would send it. */
  private static byte[] unmasked(byte[] frame, int length) {
    int header = frame.length - length - 4;
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    plain.write(frame[0]);
    plain.write(frame[1] & 0x7f);
    plain.write(frame, 2, header - 2);
    for (int i = 0; i < length; i++) {
      plain.write(frame[header + 4 + i] ^ frame[header + (i & 3)]);
    }
    return plain.toByteArray();
  }
}
