@NullMarked
package dev.skein.simulation;

import org.jspecify.annotations.NullMarked;
