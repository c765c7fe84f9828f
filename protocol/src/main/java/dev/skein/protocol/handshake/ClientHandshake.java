package dev.skein.protocol.handshake;

import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.session.SessionConfig;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of the handshake over UDP (PROTOCOL §4). Confined to one thread.
 *
 * <p>The owner sends what {@link #poll} writes, hands in what arrives, and calls {@link #poll}
 * again at {@link #nextTimeoutNanos}, until {@link #established} or {@link #failure} is present.
 */
public final class ClientHandshake {

  /** The default of {@code timeoutMillis}. */
  public static final int DEFAULT_TIMEOUT_MILLIS = 10_000;

  private static final long FIRST_RESEND_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long MAX_RESEND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NEVER = Long.MAX_VALUE;

  private final ClientKeyExchange exchange;
  private final long deadlineNanos;
  private final byte[] hello;

  /** PROOF through its mac: the same whatever the cookie after it. */
  private final byte[] proven;

  /** The newest that came; empty before the first. */
  private byte[] cookie = {};

  /** A HELLO went out, and no COOKIE since has called for a PROOF at once. */
  private boolean cookieAwaited;

  private boolean helloIsNext = true;
  private long promptProofNanos = NEVER;
  private long nextSendNanos;
  private long resendNanos = FIRST_RESEND_NANOS;
  private @Nullable Established established;
  private @Nullable CloseReason failure;

  /**
   * A handshake whose first HELLO is due at once.
   *
   * @param ticket the sealed ticket from the HTTP entry
   * @param ticketKey its key, 32 bytes
   * @param cipherSuites the bits of the {@link dev.skein.protocol.crypto.CipherSuite}s to allow
   * @param config the client's own; what ACCEPT carries replaces its values
   * @param timeoutMillis after which the handshake has failed
   * @param random a {@link java.security.SecureRandom} in production
   */
  public ClientHandshake(
      byte[] ticket,
      byte[] ticketKey,
      int cipherSuites,
      SessionConfig config,
      int timeoutMillis,
      RandomGenerator random,
      long nowNanos) {
    this.exchange = new ClientKeyExchange(ticket, ticketKey, cipherSuites, config, random);
    this.hello = exchange.head(Layout.HELLO);
    this.proven = exchange.proven(Layout.PROOF);
    this.nextSendNanos = nowNanos;
    this.deadlineNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
  }

  /** Present once the server has accepted. */
  public Optional<Established> established() {
    return Optional.ofNullable(established);
  }

  /** Present once the server has refused or the time is over. */
  public Optional<CloseReason> failure() {
    return Optional.ofNullable(failure);
  }

  private boolean over() {
    return established != null || failure != null;
  }

  /** When {@link #poll} has something to do next; {@link Long#MAX_VALUE} when it is over. */
  public long nextTimeoutNanos() {
    return over() ? NEVER : Math.min(deadlineNanos, Math.min(nextSendNanos, promptProofNanos));
  }

  /**
   * Writes the HELLO or PROOF that is due, 1200 bytes, or fails the handshake at its deadline.
   *
   * @return the datagram's length; 0 when nothing is due
   */
  public int poll(byte[] out, int offset, long nowNanos) {
    if (over()) {
      return 0;
    }
    if (nowNanos - deadlineNanos >= 0) {
      failure = new CloseReason(Code.TIMEOUT, "no answer to the handshake", false);
      return 0;
    }
    if (promptProofNanos != NEVER) {
      promptProofNanos = NEVER;
      return writeProof(out, offset);
    }
    if (nowNanos - nextSendNanos < 0) {
      return 0;
    }
    nextSendNanos = nowNanos + resendNanos;
    resendNanos = Math.min(2 * resendNanos, MAX_RESEND_NANOS);
    boolean helloIsDue = helloIsNext;
    helloIsNext = cookie.length == 0 || !helloIsDue;
    return helloIsDue ? writeHello(out, offset) : writeProof(out, offset);
  }

  private int writeHello(byte[] out, int offset) {
    cookieAwaited = true;
    return padded(out, offset, hello.length, hello);
  }

  private int writeProof(byte[] out, int offset) {
    System.arraycopy(cookie, 0, out, offset + proven.length, cookie.length);
    return padded(out, offset, proven.length + cookie.length, proven);
  }

  private static int padded(byte[] out, int offset, int length, byte[] start) {
    System.arraycopy(start, 0, out, offset, start.length);
    Arrays.fill(out, offset + length, offset + Layout.PADDED_BYTES, (byte) 0);
    return Layout.PADDED_BYTES;
  }

  /**
   * Takes one datagram of the server; what is not an authentic answer to this handshake changes
   * nothing.
   *
   * @return true if it was one and brought something new
   */
  public boolean onDatagram(byte[] datagram, int offset, int length, long nowNanos) {
    if (over() || length < 1 + Layout.RANDOM_BYTES || !exchange.isForUs(datagram, offset)) {
      return false;
    }
    return switch (datagram[offset]) {
      case Layout.COOKIE -> onCookie(datagram, offset, length, nowNanos);
      case Layout.ACCEPT -> onAccept(datagram, offset, length);
      case Layout.REFUSE -> onRefuse(datagram, offset, length);
      default -> false;
    };
  }

  /**
   * A COOKIE bears no mac, so the one that is held may have been damaged, and it grows old: each
   * that comes replaces it. At most one PROOF for each HELLO goes out at once, so that nobody makes
   * the client send much by sending it cookies.
   */
  private boolean onCookie(byte[] datagram, int offset, int length, long nowNanos) {
    int cookieAt = offset + 1 + Layout.RANDOM_BYTES;
    if (length != Layout.COOKIE_MESSAGE_BYTES
        || Arrays.equals(datagram, cookieAt, offset + length, cookie, 0, cookie.length)) {
      return false;
    }
    boolean first = cookie.length == 0;
    cookie = Arrays.copyOfRange(datagram, cookieAt, offset + length);
    if (cookieAwaited) {
      cookieAwaited = false;
      promptProofNanos = nowNanos;
    }
    if (first) {
      nextSendNanos = nowNanos + FIRST_RESEND_NANOS;
      resendNanos = 2 * FIRST_RESEND_NANOS;
    }
    return true;
  }

  private boolean onAccept(byte[] datagram, int offset, int length) {
    if (length != Layout.ACCEPT_BYTES
        || !exchange.isAuthentic(proven, datagram, offset, Layout.ACCEPT_MAC_AT)) {
      return false;
    }
    established = exchange.establish(proven, datagram, offset).orElse(null);
    if (established == null) {
      failure = new CloseReason(Code.MALFORMED, "ACCEPT is out of range", false);
    }
    return true;
  }

  private boolean onRefuse(byte[] datagram, int offset, int length) {
    if (length != Layout.REFUSE_BYTES
        || !exchange.isAuthentic(proven, datagram, offset, Layout.REFUSE_MAC_AT)) {
      return false;
    }
    int code = BigEndian.getShort(datagram, offset + Layout.REFUSE_CODE_AT);
    failure = new CloseReason(code, "refused by the server", true);
    return true;
  }
}
