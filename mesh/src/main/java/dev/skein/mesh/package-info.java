@NullMarked
package dev.skein.mesh;

import org.jspecify.annotations.NullMarked;
