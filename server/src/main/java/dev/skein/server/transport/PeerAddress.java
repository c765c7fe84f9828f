package dev.skein.server.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where datagrams come from, in the form the kernel takes: compared and written without allocation
 * for every datagram. Immutable.
 */
final class PeerAddress extends SocketAddress {
  private static final long serialVersionUID = 1L;

  private final long high;
  private final long low;
  private final int port;
  private final boolean v6;

  private PeerAddress(boolean v6, long high, long low, int port) {
    this.v6 = v6;
    this.high = high;
    this.low = low;
    this.port = port;
  }

  /** An IPv6 address (possibly a mapped IPv4 one) as two big-endian halves. */
  static PeerAddress v6(long high, long low, int port) {
    return new PeerAddress(true, high, low, port);
  }

  static PeerAddress of(boolean v6, long high, long low, int port) {
    return new PeerAddress(v6, high, low, port);
  }

  static PeerAddress v4(int address, int port) {
    return new PeerAddress(false, 0, Integer.toUnsignedLong(address), port);
  }

  static PeerAddress of(InetSocketAddress address) {
    byte[] bytes = address.getAddress().getAddress();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return address.getAddress() instanceof Inet6Address
        ? v6(buffer.getLong(0), buffer.getLong(8), address.getPort())
        : v4(buffer.getInt(0), address.getPort());
  }

  boolean isV6() {
    return v6;
  }

  long high() {
    return high;
  }

  long low() {
    return low;
  }

  int port() {
    return port;
  }

  boolean matches(long otherHigh, long otherLow, int otherPort) {
    return port == otherPort && low == otherLow && high == otherHigh;
  }

  InetSocketAddress toInetSocketAddress() {
    byte[] bytes =
        v6
            ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
            : ByteBuffer.allocate(4).putInt((int) low).array();
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof PeerAddress that && that.matches(high, low, port) && that.v6 == v6);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high * 31 + low) * 31 + port;
  }

  @Override
  public String toString() {
    return toInetSocketAddress().toString();
  }
}
