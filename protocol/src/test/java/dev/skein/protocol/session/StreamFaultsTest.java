package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.packet.FrameWriter;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What an authentic peer may not send ends the session, with the code PROTOCOL names. */
class StreamFaultsTest {
  private static final SessionSecrets SECRETS =
      new SessionSecrets(CipherSuite.AES_128_GCM, new byte[32], new byte[32], new byte[32]);
  private static final byte[] DATA = {0, 0, 0, 7};

  private final StreamPeers.Peer events = new StreamPeers.Peer();
  private final StreamSession server =
      new StreamSession(Role.SERVER, 1, SECRETS, SessionConfig.DEFAULTS, events, 0);
  private final RecordCipher client = new RecordCipher(Role.CLIENT, SECRETS);

  private Received receive(byte... frames) {
    byte[] record = Arrays.copyOf(frames, frames.length + CipherSuite.TAG_BYTES);
    int length = client.seal(record, 0, frames.length);
    return server.onRecord(record, 0, length, 0);
  }

  private Received receive(Consumer<FrameWriter> frames) {
    byte[] plain = new byte[100_000];
    FrameWriter writer = new FrameWriter();
    writer.reset(plain, 0, plain.length);
    frames.accept(writer);
    return receive(Arrays.copyOf(plain, writer.written()));
  }

  private void assertClosedWith(int code) {
    assertThat(server.state()).isEqualTo(Session.State.CLOSED);
    assertThat(events.closed.orElseThrow().code()).isEqualTo(code);
    assertThat(events.closed.orElseThrow().byPeer()).isFalse();
  }

  private static void message(FrameWriter writer, Channel channel, long id) {
    writer.message(channel, id, DATA, 0, DATA.length, true);
  }

  @Test
  void framesThatOnlyDatagramsCarryAreMalformed() {
    assertThat(receive((byte) 0x00)).isEqualTo(Received.MALFORMED);
    assertClosedWith(Code.MALFORMED);
  }

  @Test
  void anUnknownFrameIsMalformed() {
    assertThat(receive((byte) 0x7F)).isEqualTo(Received.MALFORMED);
    assertClosedWith(Code.MALFORMED);
  }

  @Test
  void anIdThatIsSkippedIsMalformed() {
    assertThat(receive(frames -> message(frames, Channel.ordered(1), 1)))
        .isEqualTo(Received.MALFORMED);
    assertClosedWith(Code.MALFORMED);
  }

  @Test
  void anIdThatIsRepeatedIsDroppedAndNotCounted() {
    Received received =
        receive(frames -> {
          message(frames, Channel.ordered(1), 0);
          message(frames, Channel.ordered(1), 0);
          message(frames, Channel.RELIABLE, 0);
          message(frames, Channel.RELIABLE, 0);
        });
    assertThat(received).isEqualTo(Received.ACCEPTED);
    assertThat(events.heard).hasSize(2);
    assertThat(server.stats().messagesReceived()).isEqualTo(2);
  }

  @Test
  void anOlderSequencedMessageIsDropped() {
    receive(frames -> {
      message(frames, Channel.sequenced(1), 5);
      message(frames, Channel.sequenced(1), 5);
      message(frames, Channel.sequenced(1), 4);
      message(frames, Channel.sequenced(1), 9);
    });
    assertThat(events.heard).hasSize(2);
  }

  @Test
  void countingMoreThanWasSentIsMalformed() {
    server.send(Channel.ordered(0), DATA, 0, DATA.length, 0);
    assertThat(receive(frames -> frames.received(1)))
        .as("queued, but not sent")
        .isEqualTo(Received.MALFORMED);
    assertClosedWith(Code.MALFORMED);
  }

  @Test
  void countingLessThanBeforeIsMalformed() {
    server.send(Channel.ordered(0), DATA, 0, DATA.length, 0);
    server.poll(new byte[1_000], 0, 1_000, 0);
    assertThat(receive(frames -> frames.received(1))).isEqualTo(Received.ACCEPTED);
    assertThat(receive(frames -> frames.received(0))).isEqualTo(Received.MALFORMED);
  }

  @Test
  void aMessageOverTheLimitIsTooLarge() {
    int over = SessionConfig.DEFAULTS.maxMessageBytes() + 1;
    assertThat(
            receive(frames -> frames.message(Channel.UNRELIABLE, 0, new byte[over], 0, over, true)))
        .isEqualTo(Received.MALFORMED);
    assertClosedWith(Code.TOO_LARGE);
  }

  @Test
  void nothingAfterAFaultIsDelivered() {
    receive(frames -> {
      frames.received(99);
      message(frames, Channel.ordered(0), 0);
    });
    assertThat(events.heard).isEmpty();
  }

  @Test
  void aClosedSessionTakesNothing() {
    server.close(Code.NONE, "", 0);
    assertThat(receive((byte) 0x01)).isEqualTo(Received.CLOSED);
  }
}
