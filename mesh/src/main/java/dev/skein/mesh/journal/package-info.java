/** Files in which the stores of a node outlive its process. */
@NullMarked
package dev.skein.mesh.journal;

import org.jspecify.annotations.NullMarked;
