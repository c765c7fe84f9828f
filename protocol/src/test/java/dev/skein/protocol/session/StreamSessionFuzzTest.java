package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.Channel;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import java.util.Arrays;

/** Sequences of arbitrary frames from an authentic peer, and arbitrary bytes from anyone. */
class StreamSessionFuzzTest {
  private static final SessionSecrets SECRETS =
      new SessionSecrets(CipherSuite.AES_128_GCM, new byte[32], new byte[32], new byte[32]);

  @FuzzTest
  void anySequenceOfFramesIsHandledOrEndsTheSession(FuzzedDataProvider data) {
    StreamPeers.Peer events =
        new StreamPeers.Peer() {
          @Override
          public void onMessage(
              Session session, Channel channel, byte[] buffer, int offset, int length) {
            assertThat(offset + length).isLessThanOrEqualTo(buffer.length);
          }
        };
    StreamSession server =
        new StreamSession(Role.SERVER, 1, SECRETS, SessionConfig.DEFAULTS, events, 0);
    RecordCipher client = new RecordCipher(Role.CLIENT, SECRETS);
    byte[] out = new byte[70_000];
    long now = 0;
    while (data.remainingBytes() > 0 && server.state() != Session.State.CLOSED) {
      now += data.consumeInt(0, 50_000_000);
      server.send(Channel.ordered(0), new byte[40], 0, 40, now);
      server.poll(out, 0, out.length, now);
      byte[] frames = data.consumeBytes(data.consumeInt(1, 300));
      byte[] record = Arrays.copyOf(frames, frames.length + CipherSuite.TAG_BYTES);
      int length = client.seal(record, 0, frames.length);
      Received received = server.onRecord(record, 0, length, now);
      assertThat(received).isIn(Received.ACCEPTED, Received.MALFORMED);
    }
    assertThat(server.queuedBytes())
        .isLessThanOrEqualTo(SessionConfig.DEFAULTS.sendQueueMaxBytes());
  }

  @FuzzTest
  void anyBytesAsRecordOrResumeAreRefused(byte[] bytes) {
    StreamSession server =
        new StreamSession(
            Role.SERVER, 1, SECRETS, SessionConfig.DEFAULTS, new StreamPeers.Peer(), 0);
    byte[] request = bytes.clone();
    assertThat(server.onResume(request, 0, request.length, new byte[16])).isEmpty();
    assertThat(server.onRecord(bytes, 0, bytes.length, 0)).isEqualTo(Received.NOT_AUTHENTIC);

    StreamSession client =
        new StreamSession(
            Role.CLIENT, 1, SECRETS, SessionConfig.DEFAULTS, new StreamPeers.Peer(), 0);
    StreamResume.Asked asked = client.resume(new byte[16], 0);
    assertThat(client.onResumed(asked, request, 0, request.length, 0))
        .isEqualTo(Received.NOT_AUTHENTIC);
  }
}
