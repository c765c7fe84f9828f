@NullMarked
package dev.skein.protocol;

import org.jspecify.annotations.NullMarked;
