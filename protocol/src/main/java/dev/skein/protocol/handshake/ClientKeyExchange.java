package dev.skein.protocol.handshake;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Hkdf;
import dev.skein.protocol.crypto.KeySchedule;
import dev.skein.protocol.crypto.X25519;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.session.SessionConfig;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The half of the client's handshake that datagrams and streams share. */
final class ClientKeyExchange {
  private final byte[] ticket;
  private final byte[] ticketKey;
  private final int cipherSuites;
  private final SessionConfig config;
  private final byte[] privateKey;
  private final byte[] publicKey;
  private final byte[] clientRandom = new byte[Layout.RANDOM_BYTES];

  ClientKeyExchange(
      byte[] ticket,
      byte[] ticketKey,
      int cipherSuites,
      SessionConfig config,
      RandomGenerator random) {
    if (ticket.length > Layout.TICKET_MAX_BYTES) {
      throw new IllegalArgumentException("ticket has " + ticket.length + " bytes, over 1024");
    }
    if (CipherSuite.choose(cipherSuites).isEmpty()) {
      throw new IllegalArgumentException("cipherSuites " + cipherSuites + " allows none");
    }
    this.ticket = ticket;
    this.ticketKey = ticketKey;
    this.cipherSuites = cipherSuites;
    this.config = config;
    this.privateKey = X25519.privateKey(random);
    this.publicKey = X25519.publicKey(privateKey);
    random.nextBytes(clientRandom);
  }

  /** {@code type ‖ version ‖ cipherSuites ‖ clientKey ‖ clientRandom ‖ ticket}. */
  byte[] head(byte type) {
    byte[] fixed = new byte[Layout.CLIENT_KEY_AT];
    fixed[0] = type;
    BigEndian.putInt(fixed, Layout.VERSION_AT, Layout.VERSION);
    fixed[Layout.SUITES_AT] = (byte) cipherSuites;
    byte[] ticketLength = new byte[2];
    BigEndian.putShort(ticketLength, 0, ticket.length);
    return Hkdf.concat(fixed, publicKey, clientRandom, ticketLength, ticket);
  }

  /** The same with its mac. */
  byte[] proven(byte type) {
    byte[] head = head(type);
    byte[] key = Hkdf.expand(ticketKey, Layout.PROOF_LABEL, Hkdf.HASH_BYTES);
    return Hkdf.concat(head, Hkdf.hmac(key, head, 0, head.length));
  }

  /** True if the answer carries this handshake's random after its type. */
  boolean isForUs(byte[] answer, int offset) {
    int from = offset + 1;
    return Arrays.equals(
        answer, from, from + Layout.RANDOM_BYTES, clientRandom, 0, Layout.RANDOM_BYTES);
  }

  /** True if the mac at {@code macAt} of the answer is right. */
  boolean isAuthentic(byte[] proven, byte[] answer, int offset, int macAt) {
    int from = offset + macAt;
    return MessageDigest.isEqual(
        Transcript.of(proven, answer, offset, macAt).mac(ticketKey),
        Arrays.copyOfRange(answer, from, from + Layout.MAC_BYTES));
  }

  /** What an authentic ACCEPT yields; empty if its values are out of range. */
  Optional<Established> establish(byte[] proven, byte[] accept, int offset) {
    int keyAt = offset + Layout.ACCEPT_KEY_AT;
    int saltAt = offset + Layout.ACCEPT_SALT_AT;
    byte[] serverKey = Arrays.copyOfRange(accept, keyAt, saltAt);
    byte[] salt = Arrays.copyOfRange(accept, saltAt, offset + Layout.ACCEPT_PARAMETERS_AT);
    Optional<byte[]> shared = X25519.agree(privateKey, serverKey);
    Optional<SessionParameters> parameters =
        SessionParameters.read(accept, offset + Layout.ACCEPT_PARAMETERS_AT, config);
    if (shared.isEmpty()
        || parameters.isEmpty()
        || (parameters.get().suite().bit() & cipherSuites) == 0) {
      return Optional.empty();
    }
    Transcript transcript = Transcript.of(proven, accept, offset, Layout.ACCEPT_MAC_AT);
    return Optional.of(
        new Established(
            BigEndian.getLong(accept, offset + Layout.ACCEPT_ID_AT),
            KeySchedule.secrets(
                parameters.get().suite(),
                Hkdf.concat(salt, clientRandom),
                Hkdf.concat(ticketKey, shared.get()),
                transcript.hash()),
            parameters.get().config()));
  }
}
