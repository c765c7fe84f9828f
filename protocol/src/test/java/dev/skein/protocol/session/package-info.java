@NullMarked
package dev.skein.protocol.session;

import org.jspecify.annotations.NullMarked;
