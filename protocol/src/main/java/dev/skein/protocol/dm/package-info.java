/** Payloads of direct messages from user to user (PROTOCOL §10.2.6). */
@NullMarked
package dev.skein.protocol.dm;

import org.jspecify.annotations.NullMarked;
