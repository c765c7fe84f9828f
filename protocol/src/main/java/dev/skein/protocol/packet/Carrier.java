package dev.skein.protocol.packet;

/** What carries the frames; each allows its own set of them (PROTOCOL §7). */
public enum Carrier {
  /** Packets over UDP. */
  DATAGRAM,
  /** Records over TCP or WebSocket. */
  STREAM
}
