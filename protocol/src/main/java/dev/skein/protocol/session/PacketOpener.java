package dev.skein.protocol.session;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.PacketCipher;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.packet.PacketHeader;

/**
 * Opens the packets of the other end (PROTOCOL §6.1), each number once. Nothing changes, but
 * counters, unless a packet opens.
 */
final class PacketOpener {
  /** A number further ahead than this cannot come from the peer; opening it would cost keys. */
  static final long NUMBER_JUMP_MAX = 1L << 24;

  private final boolean fromClient;
  private final PacketCipher cipher;
  private final ReplayWindow replay = new ReplayWindow();
  private final Counters counters;
  private long number;
  private boolean newest;
  private int framesOffset;
  private int framesLength;

  PacketOpener(Role role, SessionSecrets secrets, Counters counters) {
    this.fromClient = role == Role.SERVER;
    this.counters = counters;
    byte[] peers = fromClient ? secrets.clientToServer() : secrets.serverToClient();
    cipher = PacketCipher.opening(secrets.suite(), peers);
  }

  /** Opens a datagram in place. After ACCEPTED the accessors describe it. */
  Received open(byte[] datagram, int offset, int length) {
    if (!isPacket(datagram, offset, length)) {
      counters.packetsMalformed++;
      return Received.MALFORMED;
    }
    int header = PacketHeader.bytes(datagram[offset]);
    long largest = replay.largest();
    number = PacketHeader.number(datagram, offset, largest);
    if (replay.refuses(number)) {
      counters.packetsDuplicate++;
      return Received.DUPLICATE;
    }
    framesOffset = offset + header;
    framesLength = -1;
    if (number < PacketHeader.MAX_NUMBER && number - largest <= NUMBER_JUMP_MAX) {
      framesLength = cipher.open(number, datagram, offset, header, length - header);
    }
    if (framesLength < 0) {
      counters.packetsNotAuthentic++;
      return Received.NOT_AUTHENTIC;
    }
    newest = number > largest;
    replay.add(number);
    counters.packetsReceived++;
    counters.bytesReceived += length;
    return Received.ACCEPTED;
  }

  private boolean isPacket(byte[] datagram, int offset, int length) {
    if (length == 0) {
      return false;
    }
    byte flags = datagram[offset];
    boolean rightForm =
        fromClient ? PacketHeader.fromClient(flags) : PacketHeader.fromServer(flags);
    return rightForm && length > PacketHeader.bytes(flags) + CipherSuite.TAG_BYTES;
  }

  long number() {
    return number;
  }

  /** True if no packet with a higher number has opened. */
  boolean isNewest() {
    return newest;
  }

  int framesOffset() {
    return framesOffset;
  }

  int framesLength() {
    return framesLength;
  }
}
