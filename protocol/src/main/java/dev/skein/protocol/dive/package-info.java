/** Commands, replies and codes of the Dive module (PROTOCOL §10.2.6). */
@NullMarked
package dev.skein.protocol.dive;

import org.jspecify.annotations.NullMarked;
