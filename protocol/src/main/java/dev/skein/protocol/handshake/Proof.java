package dev.skein.protocol.handshake;

import static dev.skein.protocol.handshake.Layout.CLIENT_KEY_AT;
import static dev.skein.protocol.handshake.Layout.CLIENT_RANDOM_AT;
import static dev.skein.protocol.handshake.Layout.HELLO_TICKET_LENGTH_AT;
import static dev.skein.protocol.handshake.Layout.MAC_BYTES;
import static dev.skein.protocol.handshake.Layout.PADDED_BYTES;
import static dev.skein.protocol.handshake.Layout.PROOF_COOKIE_AT;
import static dev.skein.protocol.handshake.Layout.PROOF_TICKET_LENGTH_AT;
import static dev.skein.protocol.handshake.Layout.RANDOM_BYTES;
import static dev.skein.protocol.handshake.Layout.SUITES_AT;
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
record Proof(byte[] buffer, int offset, int ticketLengthAt) {

  /** A HELLO; empty if its fields do not fit. */
  static Optional<Proof> hello(byte[] buffer, int offset, int length) {
    return padded(buffer, offset, length, HELLO_TICKET_LENGTH_AT, 0);
  }

  /** A PROOF; empty if its fields do not fit. */
  static Optional<Proof> proof(byte[] buffer, int offset, int length) {
    return padded(buffer, offset, length, PROOF_TICKET_LENGTH_AT, MAC_BYTES);
  }

  /** A STREAM_HELLO; empty unless its fields fill it exactly. */
  static Optional<Proof> streamHello(byte[] buffer, int offset, int length) {
    if (length < HELLO_TICKET_LENGTH_AT + 2) {
      return Optional.empty();
    }
    Proof hello = new Proof(buffer, offset, HELLO_TICKET_LENGTH_AT);
    return hello.ticketLength() <= TICKET_MAX_BYTES && hello.lengthThroughMac() == length
        ? Optional.of(hello)
        : Optional.empty();
  }

  private static Optional<Proof> padded(
      byte[] buffer, int offset, int length, int ticketLengthAt, int macBytes) {
    if (length != PADDED_BYTES) {
      return Optional.empty();
    }
    Proof proof = new Proof(buffer, offset, ticketLengthAt);
    int ticketLength = proof.ticketLength();
    return ticketLength <= TICKET_MAX_BYTES
            && ticketLengthAt + 2 + ticketLength + macBytes <= PADDED_BYTES
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

  int cookieOffset() {
    return offset + PROOF_COOKIE_AT;
  }

  int ticketOffset() {
    return offset + ticketLengthAt + 2;
  }

  int ticketLength() {
    return BigEndian.getShort(buffer, offset + ticketLengthAt);
  }

  private int lengthBeforeMac() {
    return ticketLengthAt + 2 + ticketLength();
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
