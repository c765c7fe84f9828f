package dev.skein.protocol.handshake;

import static dev.skein.protocol.handshake.Layout.CLIENT_KEY_AT;
import static dev.skein.protocol.handshake.Layout.CLIENT_RANDOM_AT;
import static dev.skein.protocol.handshake.Layout.COOKIE_BYTES;
import static dev.skein.protocol.handshake.Layout.MAC_BYTES;
import static dev.skein.protocol.handshake.Layout.PADDED_BYTES;
import static dev.skein.protocol.handshake.Layout.RANDOM_BYTES;
import static dev.skein.protocol.handshake.Layout.SUITES_AT;
import static dev.skein.protocol.handshake.Layout.TICKET_AT;
import static dev.skein.protocol.handshake.Layout.TICKET_LENGTH_AT;
import static dev.skein.protocol.handshake.Layout.TICKET_MAX_BYTES;
import static dev.skein.protocol.handshake.Layout.VERSION_AT;

import dev.skein.protocol.crypto.Hkdf;
import dev.skein.protocol.crypto.X25519;
import dev.skein.protocol.packet.BigEndian;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/** A client's HELLO, PROOF or STREAM_HELLO where it lies in the receive buffer. */
@SuppressWarnings("ArrayRecordComponent")
record Proof(byte[] buffer, int offset) {

  /** A HELLO; empty if its fields do not fit. */
  static Optional<Proof> hello(byte[] buffer, int offset, int length) {
    return padded(buffer, offset, length, 0);
  }

  /** A PROOF; empty if its fields do not fit. */
  static Optional<Proof> proof(byte[] buffer, int offset, int length) {
    return padded(buffer, offset, length, MAC_BYTES + COOKIE_BYTES);
  }

  /** A STREAM_HELLO; empty unless its fields fill it exactly. */
  static Optional<Proof> streamHello(byte[] buffer, int offset, int length) {
    if (length < TICKET_AT) {
      return Optional.empty();
    }
    Proof hello = new Proof(buffer, offset);
    return hello.ticketLength() <= TICKET_MAX_BYTES && hello.lengthThroughMac() == length
        ? Optional.of(hello)
        : Optional.empty();
  }

  private static Optional<Proof> padded(
      byte[] buffer, int offset, int length, int afterTicketBytes) {
    if (length != PADDED_BYTES) {
      return Optional.empty();
    }
    Proof proof = new Proof(buffer, offset);
    int ticketLength = proof.ticketLength();
    return ticketLength <= TICKET_MAX_BYTES
            && TICKET_AT + ticketLength + afterTicketBytes <= PADDED_BYTES
        ? Optional.of(proof)
        : Optional.empty();
  }

  int version() {
    return BigEndian.getInt(buffer, offset + VERSION_AT);
  }

  int cipherSuites() {
    return buffer[offset + SUITES_AT];
  }

  byte[] clientKey() {
    return copy(CLIENT_KEY_AT, X25519.KEY_BYTES);
  }

  byte[] clientRandom() {
    return copy(CLIENT_RANDOM_AT, RANDOM_BYTES);
  }

  /** Of a PROOF; after the mac, which so does not depend on it. */
  int cookieOffset() {
    return offset + lengthThroughMac();
  }

  int ticketOffset() {
    return offset + TICKET_AT;
  }

  int ticketLength() {
    return BigEndian.getShort(buffer, offset + TICKET_LENGTH_AT);
  }

  private int lengthBeforeMac() {
    return TICKET_AT + ticketLength();
  }

  private int lengthThroughMac() {
    return lengthBeforeMac() + MAC_BYTES;
  }

  byte[] throughMac() {
    return copy(0, lengthThroughMac());
  }

  boolean macIsBy(byte[] ticketKey) {
    byte[] key = Hkdf.expand(ticketKey, Layout.PROOF_LABEL, Hkdf.HASH_BYTES);
    return MessageDigest.isEqual(
        Hkdf.hmac(key, buffer, offset, lengthBeforeMac()), copy(lengthBeforeMac(), MAC_BYTES));
  }

  private byte[] copy(int at, int length) {
    return Arrays.copyOfRange(buffer, offset + at, offset + at + length);
  }
}
