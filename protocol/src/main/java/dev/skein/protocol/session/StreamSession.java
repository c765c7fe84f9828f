package dev.skein.protocol.session;

/**
 * A session over an ordered byte stream (PROTOCOL §6.2, §9), TCP or WebSocket: sealed records, and
 * what is needed to go on with another stream after a cut. Confined to one thread.
 */
public abstract non-sealed class StreamSession implements Session {
  // Contract for the author of this class (make it final and concrete, keep these signatures):
  //
  // public StreamSession(Role role, long connectionId, SessionSecrets secrets, SessionConfig
  // config,
  //     SessionEvents events, long nowNanos)
  //
  // public Received onRecord(byte[] record, int offset, int length, long nowNanos)     opens in
  // place
  //
  // public int poll(byte[] out, int offset, int maxBytes, long nowNanos)
  //     Writes the next sealed record (without length prefix) of at most maxBytes; 0 when there is
  // nothing.
  //     Packs as many queued messages as fit. The caller polls only while the socket is writable,
  // so
  //     the session's own bounded queue is the only place where messages wait.
  //
  // public void detach(long nowNanos)                                   the stream was cut
  // Resume, server: public boolean/byte[] onResume(byte[] streamResume, …, byte[] serverRandom,
  // long nowNanos)
  //     and the switch on the first record that opens;  client: a ClientStreamResume helper.
}
