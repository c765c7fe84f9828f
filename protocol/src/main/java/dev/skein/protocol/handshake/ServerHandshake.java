package dev.skein.protocol.handshake;

import static dev.skein.protocol.handshake.Layout.CLIENT_KEY_AT;
import static dev.skein.protocol.handshake.Layout.COOKIE_BYTES;
import static dev.skein.protocol.handshake.Layout.COOKIE_MESSAGE_BYTES;
import static dev.skein.protocol.handshake.Layout.RANDOM_BYTES;

import dev.skein.protocol.crypto.Hkdf;
import dev.skein.protocol.crypto.X25519;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.session.SessionConfig;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The server's end of the handshake over UDP (PROTOCOL §4), for a whole listener: shared by its
 * shards, any thread may call. A HELLO leaves nothing behind; a session is granted only to a client
 * that has shown it receives at its address, holds an unused ticket and knows the ticket's key.
 */
public final class ServerHandshake {

  /** How long a cookie can be answered. */
  public static final int COOKIE_MAX_AGE_MILLIS = 10_000;

  private static final String HMAC = "HmacSHA256";

  /** The longest input of the cookie's mac: length and address, port, time, key, random, hash. */
  private static final int COOKIE_INPUT_MAX_BYTES =
      1 + 16 + 2 + Long.BYTES + X25519.KEY_BYTES + RANDOM_BYTES + Hkdf.HASH_BYTES;

  private final Acceptor acceptor;
  private final byte[] cookieSecret;
  private final ThreadLocal<CookieMaker> cookieMakers =
      ThreadLocal.withInitial(this::newCookieMaker);

  /**
   * A handshake with a new cookie secret and process salt.
   *
   * @param config the sessions' configuration; its first six values travel in ACCEPT
   * @param cipherSuites the bits of the {@link dev.skein.protocol.crypto.CipherSuite}s to offer
   * @param random a {@link java.security.SecureRandom} in production; must bear the callers'
   *     threads
   */
  public ServerHandshake(
      TicketGate gate, SessionConfig config, int cipherSuites, RandomGenerator random) {
    this.acceptor = new Acceptor(gate, config, cipherSuites, random);
    this.cookieSecret = new byte[Hkdf.HASH_BYTES];
    random.nextBytes(cookieSecret);
  }

  /** True if a datagram that starts with this byte is a client's handshake message. */
  public static boolean isHandshake(byte first) {
    return first == Layout.HELLO || first == Layout.PROOF;
  }

  /**
   * Handles one HELLO or PROOF; anything else is dropped as malformed. The datagram is not changed
   * and not kept.
   *
   * @param from the sender, resolved
   * @param nowMillis Unix time
   */
  public HandshakeResult onDatagram(
      byte[] datagram,
      int offset,
      int length,
      InetSocketAddress from,
      Admission admission,
      long nowMillis) {
    if (length < 1) {
      return acceptor.dropped(HandshakeOutcome.MALFORMED);
    }
    return switch (datagram[offset]) {
      case Layout.HELLO ->
          Proof.hello(datagram, offset, length)
              .map(hello -> onHello(hello, from, nowMillis))
              .orElseGet(() -> acceptor.dropped(HandshakeOutcome.MALFORMED));
      case Layout.PROOF ->
          Proof.proof(datagram, offset, length)
              .map(proof -> onProof(proof, from, admission, nowMillis))
              .orElseGet(() -> acceptor.dropped(HandshakeOutcome.MALFORMED));
      default -> acceptor.dropped(HandshakeOutcome.MALFORMED);
    };
  }

  /**
   * What speaks against a PROOF before anything costly is done for it: its form, and its cookie,
   * which only one who gets datagrams at that address can have. {@link #onDatagram} checks this as
   * well; a server asks first, before it gives the PROOF a thread.
   */
  public Optional<HandshakeOutcome> objection(
      byte[] datagram, int offset, int length, InetSocketAddress from, long nowMillis) {
    Optional<Proof> proof = Proof.proof(datagram, offset, length);
    return proof.isEmpty()
        ? Optional.of(HandshakeOutcome.MALFORMED)
        : cookieMakers.get().objection(proof.get(), from, nowMillis);
  }

  private HandshakeResult onHello(Proof hello, InetSocketAddress from, long nowMillis) {
    byte[] answer = new byte[COOKIE_MESSAGE_BYTES];
    answer[0] = Layout.COOKIE;
    System.arraycopy(
        hello.buffer(), hello.offset() + Layout.CLIENT_RANDOM_AT, answer, 1, RANDOM_BYTES);
    cookieMakers.get().write(hello, from, nowMillis, answer, 1 + RANDOM_BYTES);
    return acceptor.answer(HandshakeOutcome.COOKIE_SENT, answer);
  }

  private HandshakeResult onProof(
      Proof proof, InetSocketAddress from, Admission admission, long nowMillis) {
    Optional<HandshakeOutcome> objection = cookieMakers.get().objection(proof, from, nowMillis);
    return objection.isPresent()
        ? acceptor.dropped(objection.get())
        : acceptor.accept(proof, Replies.DATAGRAM, admission, nowMillis);
  }

  private CookieMaker newCookieMaker() {
    return new CookieMaker(cookieSecret);
  }

  /** Makes and checks cookies with reused objects. Confined to one thread. */
  private static final class CookieMaker {
    private final Mac mac;
    private final MessageDigest digest;
    private final byte[] input = new byte[COOKIE_INPUT_MAX_BYTES];
    private final byte[] expected = new byte[COOKIE_BYTES];
    private final byte[] presented = new byte[COOKIE_BYTES];

    CookieMaker(byte[] cookieSecret) {
      try {
        mac = Mac.getInstance(HMAC);
        mac.init(new SecretKeySpec(cookieSecret, HMAC));
        digest = MessageDigest.getInstance("SHA-256");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
      }
    }

    void write(Proof hello, InetSocketAddress from, long issuedAtMillis, byte[] out, int at) {
      byte[] address = from.getAddress().getAddress();
      input[0] = (byte) address.length;
      System.arraycopy(address, 0, input, 1, address.length);
      int end = 1 + address.length;
      BigEndian.putShort(input, end, from.getPort());
      BigEndian.putLong(input, end + 2, issuedAtMillis);
      end += 2 + Long.BYTES;
      int keyAndRandom = X25519.KEY_BYTES + RANDOM_BYTES;
      System.arraycopy(hello.buffer(), hello.offset() + CLIENT_KEY_AT, input, end, keyAndRandom);
      end += keyAndRandom;
      BigEndian.putLong(out, at, issuedAtMillis);
      try {
        digest.update(hello.buffer(), hello.ticketOffset(), hello.ticketLength());
        end += digest.digest(input, end, Hkdf.HASH_BYTES);
        mac.update(input, 0, end);
        mac.doFinal(out, at + Long.BYTES);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the hash has 32 bytes", e);
      }
    }

    Optional<HandshakeOutcome> objection(Proof proof, InetSocketAddress from, long nowMillis) {
      System.arraycopy(proof.buffer(), proof.cookieOffset(), presented, 0, COOKIE_BYTES);
      long issuedAtMillis = BigEndian.getLong(presented, 0);
      write(proof, from, issuedAtMillis, expected, 0);
      if (!MessageDigest.isEqual(expected, presented)) {
        return Optional.of(HandshakeOutcome.BAD_COOKIE);
      }
      // A clock that was set back makes cookies from the future; they are no better than old ones.
      long ageMillis = nowMillis - issuedAtMillis;
      return ageMillis < 0 || ageMillis > COOKIE_MAX_AGE_MILLIS
          ? Optional.of(HandshakeOutcome.EXPIRED_COOKIE)
          : Optional.empty();
    }
  }
}
