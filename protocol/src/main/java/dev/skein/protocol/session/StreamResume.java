package dev.skein.protocol.session;

import dev.skein.protocol.crypto.SessionSecrets;
import java.util.Optional;

/**
 * One attempt to go on with a session over a new stream (PROTOCOL §9). It belongs to that stream: a
 * session can have several at a time, and the first that proves itself ends the others.
 */
public sealed interface StreamResume {

  /** What to send first on the new stream: STREAM_RESUME or STREAM_RESUMED. */
  byte[] message();

  /** The client's attempt: it has asked. */
  final class Asked implements StreamResume {
    private final byte[] request;
    final byte[] resumeSecret;
    final int generation;

    Asked(byte[] request, byte[] resumeSecret, int generation) {
      this.request = request;
      this.resumeSecret = resumeSecret;
      this.generation = generation;
    }

    @Override
    public byte[] message() {
      return request;
    }

    /** The server's answer to this; empty if the record is none or not authentic. */
    Optional<byte[]> read(byte[] record, int offset, int length) {
      return ResumeMessages.readAnswer(resumeSecret, request, record, offset, length);
    }
  }

  /** The server's attempt: it has answered, and waits for the first sealed record. */
  final class Answered implements StreamResume {
    private final byte[] answer;
    final byte[] resumeSecret;
    final int generation;
    final long peerReceived;
    final byte[] nextResumeSecret;
    final RecordCipher cipher;

    Answered(
        byte[] answer,
        byte[] resumeSecret,
        int generation,
        long peerReceived,
        SessionSecrets secrets) {
      this.answer = answer;
      this.resumeSecret = resumeSecret;
      this.generation = generation;
      this.peerReceived = peerReceived;
      this.nextResumeSecret = secrets.resume();
      this.cipher = new RecordCipher(Role.SERVER, secrets);
    }

    @Override
    public byte[] message() {
      return answer;
    }
  }
}
