package dev.skein.protocol.handshake;

import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.session.SessionConfig;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of the handshake over TCP and WebSocket (PROTOCOL §5). Confined to one thread.
 * The owner sends {@link #hello}, hands the first record that arrives to {@link #onRecord}, and
 * gives up by its own clock.
 */
public final class StreamClientHandshake {
  private final ClientKeyExchange exchange;
  private final byte[] hello;
  private @Nullable Established established;
  private @Nullable CloseReason failure;

  /**
   * A handshake to start.
   *
   * @param ticket the sealed ticket from the HTTP entry
   * @param ticketKey its key, 32 bytes
   * @param cipherSuites the bits of the {@link dev.skein.protocol.crypto.CipherSuite}s to allow
   * @param config the client's own; what STREAM_ACCEPT carries replaces its values
   * @param random a {@link java.security.SecureRandom} in production
   */
  public StreamClientHandshake(
      byte[] ticket,
      byte[] ticketKey,
      int cipherSuites,
      SessionConfig config,
      RandomGenerator random) {
    this.exchange = new ClientKeyExchange(ticket, ticketKey, cipherSuites, config, random);
    this.hello = exchange.proven(Layout.STREAM_HELLO);
  }

  /** The STREAM_HELLO: the first record to send. */
  public byte[] hello() {
    return hello.clone();
  }

  /** Present once the server has accepted. */
  public Optional<Established> established() {
    return Optional.ofNullable(established);
  }

  /** Present once the server has refused or sent something else. */
  public Optional<CloseReason> failure() {
    return Optional.ofNullable(failure);
  }

  /** Takes the server's first record; afterwards either result is present. */
  public void onRecord(byte[] record, int offset, int length) {
    if (established != null || failure != null) {
      throw new IllegalStateException("the handshake is over");
    }
    Optional<CloseReason> refusal = refusal(record, offset, length);
    if (refusal.isPresent()) {
      failure = refusal.get();
    } else if (length == Layout.ACCEPT_BYTES
        && record[offset] == Layout.STREAM_ACCEPT
        && exchange.isForUs(record, offset)
        && exchange.isAuthentic(hello, record, offset, Layout.ACCEPT_MAC_AT)) {
      established = exchange.establish(hello, record, offset).orElse(null);
    }
    if (established == null && failure == null) {
      failure = new CloseReason(Code.MALFORMED, "no authentic answer to STREAM_HELLO", false);
    }
  }

  /**
   * Reads a STREAM_REFUSE, which also answers a STREAM_RESUME; empty if it is none. It is not
   * authentic: the stream is over, but a resumable session may be tried on another.
   */
  public static Optional<CloseReason> refusal(byte[] record, int offset, int length) {
    int textBytes = length - Layout.STREAM_REFUSE_TEXT_AT;
    if (textBytes < 0
        || textBytes > Layout.STREAM_REFUSE_TEXT_MAX_BYTES
        || record[offset] != Layout.STREAM_REFUSE) {
      return Optional.empty();
    }
    String text =
        new String(
            record, offset + Layout.STREAM_REFUSE_TEXT_AT, textBytes, StandardCharsets.UTF_8);
    return Optional.of(new CloseReason(BigEndian.getShort(record, offset + 1), text, true));
  }
}
