/** {@code skein bench jmh}: the hot paths of the protocol and of the server, one at a time. */
@NullMarked
package dev.skein.bench.jmh;

import org.jspecify.annotations.NullMarked;
