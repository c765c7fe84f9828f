package dev.skein.protocol.handshake;

import dev.skein.protocol.packet.BigEndian;
import java.nio.charset.StandardCharsets;

/** How the server's answers look on each carrier. */
enum Replies {
  DATAGRAM {
    @Override
    byte acceptType() {
      return Layout.ACCEPT;
    }

    @Override
    boolean repeatable() {
      return true;
    }

    @Override
    byte[] refuse(Proof proof, byte[] proven, byte[] ticketKey, int code) {
      byte[] refuse = new byte[Layout.REFUSE_BYTES];
      refuse[0] = Layout.REFUSE;
      System.arraycopy(proof.clientRandom(), 0, refuse, 1, Layout.RANDOM_BYTES);
      BigEndian.putShort(refuse, Layout.REFUSE_CODE_AT, code);
      byte[] mac = Transcript.of(proven, refuse, 0, Layout.REFUSE_MAC_AT).mac(ticketKey);
      System.arraycopy(mac, 0, refuse, Layout.REFUSE_MAC_AT, Layout.MAC_BYTES);
      return refuse;
    }
  },
  STREAM {
    @Override
    byte acceptType() {
      return Layout.STREAM_ACCEPT;
    }

    @Override
    boolean repeatable() {
      return false;
    }

    @Override
    byte[] refuse(Proof proof, byte[] proven, byte[] ticketKey, int code) {
      return streamRefuse(code, "");
    }
  };

  abstract byte acceptType();

  /** Whether a repeated PROOF gets the same answer; a stream delivers it once. */
  abstract boolean repeatable();

  /** The refusal of an authentic client. */
  abstract byte[] refuse(Proof proof, byte[] proven, byte[] ticketKey, int code);

  /** STREAM_REFUSE. */
  static byte[] streamRefuse(int code, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] refuse = new byte[Layout.STREAM_REFUSE_TEXT_AT + utf8.length];
    refuse[0] = Layout.STREAM_REFUSE;
    BigEndian.putShort(refuse, 1, code);
    System.arraycopy(utf8, 0, refuse, Layout.STREAM_REFUSE_TEXT_AT, utf8.length);
    return refuse;
  }
}
