package dev.skein.protocol.handshake;

import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.session.SessionConfig;
import java.util.ArrayList;
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
  private static final long MAX_RESEND_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final byte[] NOTHING = {};

  /** Cookies tried at the same time; more are not taken. */
  private static final int PROOFS_MAX = 4;

  /** How often each PROOF goes out before another cookie is asked for. */
  private static final int ROUNDS_PER_HELLO = 2;

  private final ClientKeyExchange exchange;
  private final long deadlineNanos;
  private final byte[] hello;

  /** The newest first. */
  private final ArrayList<byte[]> proofs = new ArrayList<>();

  private int turn;
  private boolean cookieWanted = true;
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
    this.hello = exchange.head(Layout.HELLO, NOTHING);
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
    return over() ? Long.MAX_VALUE : Math.min(nextSendNanos, deadlineNanos);
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
    if (nowNanos - nextSendNanos < 0) {
      return 0;
    }
    byte[] message = nextMessage();
    System.arraycopy(message, 0, out, offset, message.length);
    Arrays.fill(out, offset + message.length, offset + Layout.PADDED_BYTES, (byte) 0);
    nextSendNanos = nowNanos + resendNanos;
    resendNanos = Math.min(2 * resendNanos, MAX_RESEND_NANOS);
    return Layout.PADDED_BYTES;
  }

  /**
   * A COOKIE bears no mac, so it may have been damaged or forged, and its PROOF would never be
   * answered: while no ACCEPT comes, another one is asked for and the PROOFs are sent in turn. The
   * server has at most one of them accepted.
   */
  private byte[] nextMessage() {
    int proofTurns = ROUNDS_PER_HELLO * proofs.size();
    int place = turn++ % (proofTurns + 1);
    if (place < proofTurns) {
      return proofs.get(place % proofs.size());
    }
    cookieWanted = proofs.size() < PROOFS_MAX;
    return hello;
  }

  /**
   * Takes one datagram of the server; what is not an authentic answer to this handshake changes
   * nothing.
   *
   * @return true if it was one
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

  private boolean onCookie(byte[] datagram, int offset, int length, long nowNanos) {
    if (!cookieWanted || length != Layout.COOKIE_MESSAGE_BYTES) {
      return false;
    }
    int cookieAt = offset + 1 + Layout.RANDOM_BYTES;
    byte[] cookie = Arrays.copyOfRange(datagram, cookieAt, cookieAt + Layout.COOKIE_BYTES);
    proofs.addFirst(exchange.proven(Layout.PROOF, cookie));
    cookieWanted = false;
    turn = 0;
    nextSendNanos = nowNanos;
    resendNanos = FIRST_RESEND_NANOS;
    return true;
  }

  private boolean onAccept(byte[] datagram, int offset, int length) {
    if (length != Layout.ACCEPT_BYTES) {
      return false;
    }
    Optional<byte[]> proven = answered(datagram, offset, Layout.ACCEPT_MAC_AT);
    proven
        .flatMap(proof -> exchange.establish(proof, datagram, offset))
        .ifPresent(result -> established = result);
    if (proven.isPresent() && established == null) {
      failure = new CloseReason(Code.MALFORMED, "ACCEPT is out of range", false);
    }
    return proven.isPresent();
  }

  private boolean onRefuse(byte[] datagram, int offset, int length) {
    if (length != Layout.REFUSE_BYTES
        || answered(datagram, offset, Layout.REFUSE_MAC_AT).isEmpty()) {
      return false;
    }
    int code = BigEndian.getShort(datagram, offset + Layout.REFUSE_CODE_AT);
    failure = new CloseReason(code, "refused by the server", true);
    return true;
  }

  /** The PROOF that this is an authentic answer to. */
  private Optional<byte[]> answered(byte[] datagram, int offset, int macAt) {
    return proofs.stream()
        .filter(proof -> exchange.isAuthentic(proof, datagram, offset, macAt))
        .findFirst();
  }
}
