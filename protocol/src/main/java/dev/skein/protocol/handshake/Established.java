package dev.skein.protocol.handshake;

import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.session.SessionConfig;

/**
 * What a client's handshake yields: all its session needs.
 *
 * @param config the client's own, with the server's parameters in it
 */
public record Established(long connectionId, SessionSecrets secrets, SessionConfig config) {}
