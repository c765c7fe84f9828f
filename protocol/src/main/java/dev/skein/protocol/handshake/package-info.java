/**
 * How two peers that share a connect ticket become the two ends of a session (PROTOCOL §3 to §5):
 * over UDP with a stateless cookie, over a stream without. Pure functions of bytes, address and
 * time; randomness comes in from outside.
 */
@NullMarked
package dev.skein.protocol.handshake;

import org.jspecify.annotations.NullMarked;
