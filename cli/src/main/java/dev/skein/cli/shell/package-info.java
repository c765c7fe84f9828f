/** The interactive test client: one line, one command of the protocol. */
@NullMarked
package dev.skein.cli.shell;

import org.jspecify.annotations.NullMarked;
