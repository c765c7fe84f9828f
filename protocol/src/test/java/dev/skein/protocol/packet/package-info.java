@NullMarked
package dev.skein.protocol.packet;

import org.jspecify.annotations.NullMarked;
