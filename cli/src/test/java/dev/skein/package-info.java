@NullMarked
package dev.skein;

import org.jspecify.annotations.NullMarked;
