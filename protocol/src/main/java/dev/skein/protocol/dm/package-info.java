/** Payloads of direct messages from user to user (PROTOCOL §10.2.8). */
@NullMarked
package dev.skein.protocol.dm;

import org.jspecify.annotations.NullMarked;
