package dev.skein.protocol.session;

/**
 * A session over datagrams (PROTOCOL §6.1, §8): sealed packets, acks, loss recovery, congestion
 * control, fragments, path change. Confined to one thread; never blocks, never reads a clock.
 */
public abstract non-sealed class DatagramSession implements Session {
  // Contract for the author of this class (make it final and concrete, keep these signatures):
  //
  // public DatagramSession(Role role, long connectionId, SessionSecrets secrets, SessionConfig
  // config,
  //     SocketAddress path, SessionEvents events, RandomGenerator random, long nowNanos)
  //     Role.CLIENT writes the connection id into its packets, Role.SERVER does not.
  //
  // public Received onDatagram(byte[] datagram, int offset, int length, SocketAddress from, long
  // nowNanos)
  //     Opens in place (datagram is overwritten). enum Received { ACCEPTED, DUPLICATE,
  // NOT_AUTHENTIC, MALFORMED, CLOSED }
  //
  // public int poll(byte[] out, int offset, long nowNanos)
  //     Writes the next datagram, returns its length; 0 when there is nothing to send now
  //     (window not over, congestion window full, pacing). Call until 0.
  //     After a non-zero return, pollPath() tells the address it is for.
  //
  // public SocketAddress pollPath()
  // public SocketAddress path()            the validated address
  //
  // public void rebind(long nowNanos)      client: the socket was replaced; send a PING at once
  // public static int connectionIdOffset() and static long connectionId(byte[] datagram, int
  // offset)
}
