package dev.skein.protocol.session;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.PacketCipher;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.packet.FrameWriter;
import dev.skein.protocol.packet.PacketHeader;

/** Makes the packets of one end (PROTOCOL §6.1): header, room for frames, seal. */
final class PacketSealer {
  private static final byte[] NO_BYTES = {};

  private final boolean client;
  private final long connectionId;
  private final PacketCipher cipher;
  private final FrameWriter writer = new FrameWriter();
  private byte[] packet = NO_BYTES;
  private int start;
  private int framesStart;
  private long number;

  PacketSealer(Role role, long connectionId, SessionSecrets secrets) {
    this.client = role == Role.CLIENT;
    this.connectionId = connectionId;
    byte[] own = client ? secrets.clientToServer() : secrets.serverToClient();
    cipher = PacketCipher.sealing(secrets.suite(), own);
  }

  /** Starts the packet with this number in {@code out}; the frames go into the writer. */
  FrameWriter begin(byte[] out, int offset, long packetNumber, long largestAcked) {
    packet = out;
    start = offset;
    number = packetNumber;
    framesStart =
        client
            ? PacketHeader.writeFromClient(out, offset, connectionId, packetNumber, largestAcked)
            : PacketHeader.writeFromServer(out, offset, packetNumber, largestAcked);
    int limit = offset + SessionConfig.MAX_DATAGRAM_BYTES - CipherSuite.TAG_BYTES;
    writer.reset(out, framesStart, limit);
    return writer;
  }

  /** Seals the packet begun; returns its length. */
  int seal() {
    writer.finish();
    int header = framesStart - start;
    int sealed = cipher.seal(number, packet, start, header, writer.written());
    forget();
    return header + sealed;
  }

  /** Drops the packet begun; its number is still free. */
  void forget() {
    packet = NO_BYTES;
    writer.reset(NO_BYTES, 0, 0);
  }
}
