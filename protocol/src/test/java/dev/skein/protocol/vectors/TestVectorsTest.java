package dev.skein.protocol.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.skein.protocol.crypto.CipherSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The code reproduces docs/test-vectors byte by byte. After a deliberate change of the protocol,
 * {@code -Dskein.vectors=write} writes the files anew.
 */
class TestVectorsTest {
  private static final Path FOLDER = Path.of("..", "docs", "test-vectors");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static void assertReproduced(String file, Map<String, Object> vectors)
      throws IOException {
    Path path = FOLDER.resolve(file);
    if ("write".equals(System.getProperty("skein.vectors"))) {
      Files.createDirectories(FOLDER);
      Files.writeString(path, JSON.writeValueAsString(vectors) + "\n");
    }
    assertThat(JSON.valueToTree(vectors).toPrettyString())
        .as(file)
        .isEqualTo(JSON.readTree(path.toFile()).toPrettyString());
  }

  @Test
  void keysOfTheFirstEpochs() throws IOException {
    assertReproduced("keys.json", Map.of("epochs", SealedVectors.epochs()));
  }

  @Test
  void oneOfEachFrame() throws IOException {
    assertReproduced("frames.json", Map.of("frames", SealedVectors.frames()));
  }

  @Test
  void sealedPackets() throws IOException {
    assertReproduced("packets.json", Map.of("packets", SealedVectors.packets()));
  }

  @Test
  void aTicket() throws IOException {
    assertReproduced("ticket.json", HandshakeVectors.ticket().fields());
  }

  @Test
  void aHandshakeOverUdpWithEachCipher() throws IOException {
    Map<String, Object> both = new LinkedHashMap<>();
    for (CipherSuite suite : CipherSuite.values()) {
      both.put(suite.name(), HandshakeVectors.udp(suite).fields());
    }
    assertReproduced("handshake-udp.json", both);
  }

  @Test
  void aHandshakeOverAStreamAndAResume() throws IOException {
    HandshakeVectors.StreamTalk talk = HandshakeVectors.streamTalk();
    Map<String, Object> all = new LinkedHashMap<>(HandshakeVectors.stream(talk).fields());
    all.put("resume", SealedVectors.resume(talk.established()).fields());
    assertReproduced("handshake-stream.json", all);
  }
}
