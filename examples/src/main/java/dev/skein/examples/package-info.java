@NullMarked
package dev.skein.examples;

import org.jspecify.annotations.NullMarked;
