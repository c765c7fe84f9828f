/**
 * The port to the other nodes, {@link dev.skein.mesh.Mesh}, and what it is over every engine,
 * {@link dev.skein.mesh.MeshNode}; with the engine of a node that is alone.
 */
@NullMarked
package dev.skein.mesh;

import org.jspecify.annotations.NullMarked;
