/** The {@code skein} command line: a server, a client, simulated players and probes. */
@NullMarked
package dev.skein.cli;

import org.jspecify.annotations.NullMarked;
