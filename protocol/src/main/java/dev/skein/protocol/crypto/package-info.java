@NullMarked
package dev.skein.protocol.crypto;

import org.jspecify.annotations.NullMarked;
