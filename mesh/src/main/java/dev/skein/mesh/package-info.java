/**
 * The port to the other nodes, {@link dev.skein.mesh.Mesh}, and the adapter of a node that is
 * alone.
 */
@NullMarked
package dev.skein.mesh;

import org.jspecify.annotations.NullMarked;
