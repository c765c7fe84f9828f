package dev.skein.protocol.handshake;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.session.SessionConfig;
import java.util.Optional;

/**
 * The {@code parameters} of ACCEPT (PROTOCOL §4): what the server decides for both sides.
 *
 * @param config the client's own configuration with the server's values in it
 */
record SessionParameters(CipherSuite suite, SessionConfig config) {
  static final int BYTES = 20;

  void write(byte[] out, int offset) {
    out[offset] = (byte) suite.code();
    BigEndian.putInt(out, offset + 1, config.idleTimeoutMillis());
    BigEndian.putInt(out, offset + 5, config.resumeTtlMillis());
    BigEndian.putInt(out, offset + 9, config.maxMessageBytes());
    BigEndian.putInt(out, offset + 13, config.receiveWindowBytes());
    BigEndian.putShort(out, offset + 17, config.maxAckDelayMillis());
    out[offset + 19] = (byte) (config.channels() - 1);
  }

  /**
   * Reads a server's parameters.
   *
   * @param own where the values that do not travel come from
   * @return empty if a value is out of range
   */
  static Optional<SessionParameters> read(byte[] in, int offset, SessionConfig own) {
    Optional<CipherSuite> suite = CipherSuite.ofCode(in[offset]);
    try {
      int maxMessageBytes = BigEndian.getInt(in, offset + 9);
      SessionConfig config =
          new SessionConfig(
              BigEndian.getInt(in, offset + 1),
              BigEndian.getInt(in, offset + 5),
              maxMessageBytes,
              BigEndian.getInt(in, offset + 13),
              BigEndian.getShort(in, offset + 17),
              (in[offset + 19] & 0xFF) + 1,
              own.packWindowMillis(),
              Math.max(own.sendQueueMaxBytes(), maxMessageBytes),
              own.unreliableTtlMillis(),
              own.reliableOverflow(),
              own.unreliableOverflow());
      return suite.map(chosen -> new SessionParameters(chosen, config));
    } catch (IllegalArgumentException e) {
      // The ranges are SessionConfig's; a server of this version never leaves them.
      return Optional.empty();
    }
  }
}
