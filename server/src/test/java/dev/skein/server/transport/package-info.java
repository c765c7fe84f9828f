@NullMarked
package dev.skein.server.transport;

import org.jspecify.annotations.NullMarked;
