/** The fields of command and push payloads (PROTOCOL §10.2), for Skein's modules and for games. */
@NullMarked
package dev.skein.protocol.payload;

import org.jspecify.annotations.NullMarked;
