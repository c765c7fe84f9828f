package dev.skein.protocol.session;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which resumption secrets one end accepts, and which attempts are still worth something (PROTOCOL
 * §9.3). Confined to its session.
 */
final class ResumeSecrets {
  private final long connectionId;
  private byte[] current;

  /** Server: the one before, which a client that was cut at the wrong moment still uses. */
  private byte @Nullable [] previous;

  /** Client: the next, as long as it is not certain that the server has it too. */
  private byte @Nullable [] unproven;

  private int generation;

  ResumeSecrets(long connectionId, byte[] first) {
    this.connectionId = connectionId;
    this.current = first;
  }

  /** No attempt made until now is worth anything any more. */
  void endAttempts() {
    generation++;
  }

  boolean isCurrent(StreamResume attempt) {
    return switch (attempt) {
      case StreamResume.Asked asked -> asked.generation == generation;
      case StreamResume.Answered answered -> answered.generation == generation;
    };
  }

  /** Client: an attempt that ends those before. */
  StreamResume.Asked ask(byte[] clientRandom, long received) {
    requireRandom("clientRandom", clientRandom);
    endAttempts();
    byte[] request = ResumeMessages.request(current, connectionId, clientRandom, received);
    return new StreamResume.Asked(request, current, generation);
  }

  /** Client: the server has answered; seals and opens the records of the new stream. */
  RecordCipher onAnswered(CipherSuite suite, StreamResume.Asked attempt, byte[] answer) {
    SessionSecrets secrets =
        ResumeMessages.secrets(suite, attempt.resumeSecret, attempt.message(), answer);
    unproven = secrets.resume();
    return new RecordCipher(Role.CLIENT, secrets);
  }

  /** Client: a record of the new stream has opened, so the server has moved. */
  void onOpened() {
    if (unproven != null) {
      current = unproven;
      unproven = null;
    }
  }

  /** Client: the new stream was cut before that. */
  void onCut() {
    unproven = null;
  }

  /** Server: answers a request; empty if it is not authentic. */
  Optional<StreamResume.Answered> answer(
      CipherSuite suite,
      byte[] record,
      int offset,
      int length,
      byte[] serverRandom,
      long received) {
    requireRandom("serverRandom", serverRandom);
    byte[] secret = secretOf(record, offset, length);
    if (secret == null) {
      return Optional.empty();
    }
    byte[] request = Arrays.copyOfRange(record, offset, offset + length);
    byte[] answer = ResumeMessages.answer(secret, request, serverRandom, received);
    SessionSecrets secrets = ResumeMessages.secrets(suite, secret, request, answer);
    long peerReceived = ResumeMessages.requestReceived(request);
    return Optional.of(
        new StreamResume.Answered(answer, secret, generation, peerReceived, secrets));
  }

  private static void requireRandom(String name, byte[] random) {
    if (random.length != ResumeMessages.RANDOM_BYTES) {
      throw new IllegalArgumentException(name + " has " + random.length + " bytes, not 16");
    }
  }

  private byte @Nullable [] secretOf(byte[] record, int offset, int length) {
    if (ResumeMessages.isRequestBy(current, connectionId, record, offset, length)) {
      return current;
    }
    byte[] older = previous;
    return older != null && ResumeMessages.isRequestBy(older, connectionId, record, offset, length)
        ? older
        : null;
  }

  /** Server: this attempt has proven itself; it ends the others. */
  void onMoved(StreamResume.Answered attempt) {
    endAttempts();
    previous = attempt.resumeSecret;
    current = attempt.nextResumeSecret;
  }
}
