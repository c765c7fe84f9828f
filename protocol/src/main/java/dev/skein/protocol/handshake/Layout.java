package dev.skein.protocol.handshake;

import dev.skein.protocol.crypto.Hkdf;
import dev.skein.protocol.crypto.X25519;

/** Where the fields of the handshake messages are (PROTOCOL §4, §5). */
final class Layout {
  static final int VERSION = 1;

  static final byte HELLO = 0x01;
  static final byte COOKIE = 0x02;
  static final byte PROOF = 0x03;
  static final byte ACCEPT = 0x04;
  static final byte REFUSE = 0x05;
  static final byte STREAM_HELLO = 0x11;
  static final byte STREAM_ACCEPT = 0x12;
  static final byte STREAM_REFUSE = 0x15;

  /** HELLO and PROOF are filled up to this, so that no answer is larger than its question. */
  static final int PADDED_BYTES = 1200;

  static final int RANDOM_BYTES = 16;
  static final int COOKIE_BYTES = 40;
  static final int SALT_BYTES = 16;
  static final int MAC_BYTES = Hkdf.HASH_BYTES;

  /** HELLO, PROOF and STREAM_HELLO start alike. */
  static final int VERSION_AT = 1;

  static final int SUITES_AT = VERSION_AT + 4;
  static final int CLIENT_KEY_AT = SUITES_AT + 1;
  static final int CLIENT_RANDOM_AT = CLIENT_KEY_AT + X25519.KEY_BYTES;

  /** {@code u16 ticketLength ‖ ticket}; then the mac but in HELLO, then the cookie in PROOF. */
  static final int TICKET_LENGTH_AT = CLIENT_RANDOM_AT + RANDOM_BYTES;

  static final int TICKET_AT = TICKET_LENGTH_AT + 2;

  /** The longest ticket, whatever a cluster puts into it. */
  static final int TICKET_MAX_BYTES = 1024;

  /** COOKIE: {@code type ‖ clientRandom ‖ cookie}. */
  static final int COOKIE_MESSAGE_BYTES = 1 + RANDOM_BYTES + COOKIE_BYTES;

  /** ACCEPT: {@code type ‖ clientRandom ‖ connectionId ‖ serverKey ‖ salt ‖ parameters ‖ mac}. */
  static final int ACCEPT_ID_AT = 1 + RANDOM_BYTES;

  static final int ACCEPT_KEY_AT = ACCEPT_ID_AT + Long.BYTES;
  static final int ACCEPT_SALT_AT = ACCEPT_KEY_AT + X25519.KEY_BYTES;
  static final int ACCEPT_PARAMETERS_AT = ACCEPT_SALT_AT + SALT_BYTES;
  static final int ACCEPT_MAC_AT = ACCEPT_PARAMETERS_AT + SessionParameters.BYTES;
  static final int ACCEPT_BYTES = ACCEPT_MAC_AT + MAC_BYTES;

  /** REFUSE: {@code type ‖ clientRandom ‖ u16 code ‖ mac}. */
  static final int REFUSE_CODE_AT = 1 + RANDOM_BYTES;

  static final int REFUSE_MAC_AT = REFUSE_CODE_AT + 2;
  static final int REFUSE_BYTES = REFUSE_MAC_AT + MAC_BYTES;

  /** STREAM_REFUSE: {@code type ‖ u16 code ‖ text}. */
  static final int STREAM_REFUSE_TEXT_AT = 3;

  static final int STREAM_REFUSE_TEXT_MAX_BYTES = 256;

  static final String PROOF_LABEL = "skein proof";
  static final String ACCEPT_LABEL = "skein accept";

  private Layout() {}
}
