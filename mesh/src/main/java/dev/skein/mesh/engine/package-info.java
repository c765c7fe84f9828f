/** The port below the mesh: what an adapter to a cluster engine implements. */
@NullMarked
package dev.skein.mesh.engine;

import org.jspecify.annotations.NullMarked;
