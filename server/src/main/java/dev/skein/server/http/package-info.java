/** The HTTP port: the endpoint call of PROTOCOL §2, probes, and the game's own routes. */
@NullMarked
package dev.skein.server.http;

import org.jspecify.annotations.NullMarked;
