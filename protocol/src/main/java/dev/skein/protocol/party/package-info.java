/**
 * Commands, events, replies and codes of the Session module (PROTOCOL §10.2.3). They are called
 * party here, because a session is already what carries messages between client and server.
 */
@NullMarked
package dev.skein.protocol.party;

import org.jspecify.annotations.NullMarked;
