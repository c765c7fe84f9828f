package dev.skein.protocol.session;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.PacketCipher;
import dev.skein.protocol.packet.Carrier;
import dev.skein.protocol.packet.FrameReader;
import dev.skein.protocol.packet.FrameWriter;
import dev.skein.protocol.packet.PacketHeader;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.function.Consumer;

/** A client that has the keys and says whatever a test wants, also what no honest client would. */
final class CraftingPeer {
  private final PacketCipher sealing =
      PacketCipher.sealing(CipherSuite.AES_128_GCM, SimPair.secrets().clientToServer());
  private final PacketCipher opening =
      PacketCipher.opening(CipherSuite.AES_128_GCM, SimPair.secrets().serverToClient());
  private final FrameWriter writer = new FrameWriter();
  private final FrameReader reader = new FrameReader(Carrier.DATAGRAM, 256);

  /** The number of the next packet. */
  long number;

  /** A sealed packet with these frames. */
  byte[] packet(Consumer<FrameWriter> frames) {
    byte[] out = new byte[SessionConfig.MAX_DATAGRAM_BYTES];
    int header = PacketHeader.writeFromClient(out, 0, 42, number, number - (1 << 30));
    writer.reset(out, header, out.length - CipherSuite.TAG_BYTES);
    frames.accept(writer);
    int sealed = sealing.seal(number, out, 0, header, writer.written());
    number++;
    return Arrays.copyOf(out, header + sealed);
  }

  /** A sealed packet with these bytes for frames. */
  byte[] packet(byte[] frames) {
    byte[] out = new byte[PacketHeader.MAX_BYTES + frames.length + CipherSuite.TAG_BYTES];
    int header = PacketHeader.writeFromClient(out, 0, 42, number, number - (1 << 30));
    System.arraycopy(frames, 0, out, header, frames.length);
    int sealed = sealing.seal(number, out, 0, header, frames.length);
    number++;
    return Arrays.copyOf(out, header + sealed);
  }

  /** Hands the packet to the session. */
  static Received give(DatagramSession session, byte[] packet, SocketAddress from, long nowNanos) {
    byte[] own = packet.clone();
    return session.onDatagram(own, 0, own.length, from, nowNanos);
  }

  /** Opens a packet of the server for reading. */
  FrameReader read(byte[] datagram, int length, long largest) {
    int header = PacketHeader.bytes(datagram[0]);
    long packetNumber = PacketHeader.number(datagram, 0, largest);
    int plain = opening.open(packetNumber, datagram, 0, header, length - header);
    if (plain < 0) {
      throw new AssertionError("packet " + packetNumber + " does not open");
    }
    reader.reset(datagram, header, plain);
    return reader;
  }
}
