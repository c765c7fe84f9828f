package dev.skein.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** Whatever arrives at either end is answered with less than it, or dropped; nothing throws. */
class HandshakeFuzzTest {
  private static final long NOW = Peers.START_MILLIS;

  @FuzzTest
  void anyDatagramToTheServerIsDroppedOrAnsweredWithLess(byte[] bytes) {
    Peers peers = new Peers();
    assertHarmless(peers.receive(bytes, 4000, NOW), bytes.length);
    byte[] padded = Arrays.copyOf(bytes, 1200);
    assertHarmless(peers.receive(padded, 4000, NOW), padded.length);
    assertThat(peers.gate.usedTickets()).isZero();
  }

  private static void assertHarmless(HandshakeResult result, int questionBytes) {
    switch (result) {
      case HandshakeResult.Answer(HandshakeOutcome outcome, byte[] answer) -> {
        assertThat(outcome).isEqualTo(HandshakeOutcome.COOKIE_SENT);
        assertThat(answer.length).isLessThanOrEqualTo(questionBytes);
      }
      case HandshakeResult.Dropped(HandshakeOutcome reason) ->
          assertThat(reason).isNotEqualTo(HandshakeOutcome.ACCEPTED);
      case HandshakeResult.Accepted accepted -> throw new AssertionError("accepted");
      case HandshakeResult.Resume resume -> throw new AssertionError("resume over UDP");
    }
  }

  @FuzzTest
  void anyChangeToAProofIsRefused(FuzzedDataProvider data) {
    Peers peers = new Peers();
    byte[] proof = peers.proof(peers.client(peers.ticket()), 4000, NOW);
    int end =
        Proof.proof(proof, 0, proof.length).orElseThrow().cookieOffset() + Layout.COOKIE_BYTES;
    byte[] changed = proof.clone();
    while (data.remainingBytes() > 0) {
      changed[data.consumeInt(1, end - 1)] = data.consumeByte();
    }
    HandshakeResult result = peers.receive(changed, 4000, NOW);
    assertThat(result instanceof HandshakeResult.Accepted)
        .isEqualTo(Arrays.equals(changed, 0, end, proof, 0, end));
  }

  @FuzzTest
  void anyAnswerToTheClientThatIsNotTheServersIsIgnored(byte[] bytes) {
    Peers peers = new Peers();
    ClientHandshake client = peers.client(peers.ticket());
    peers.proof(client, 4000, NOW);
    client.onDatagram(bytes, 0, bytes.length, 0);
    assertThat(client.established()).isEmpty();
    assertThat(client.failure()).isEmpty();
  }

  @FuzzTest
  void anyFirstRecordOfAStreamIsRefused(byte[] bytes) {
    Peers peers = new Peers();
    HandshakeResult result =
        peers.streamServer.onFirstRecord(bytes, 0, bytes.length, peers.admission, NOW);
    assertThat(result.outcome())
        .isIn(HandshakeOutcome.MALFORMED, HandshakeOutcome.FORGED, HandshakeOutcome.RESUME);
    StreamClientHandshake.refusal(bytes, 0, bytes.length);
  }
}
