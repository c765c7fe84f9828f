/**
 * A cluster of processes: Infinispan keeps the stores, JGroups carries frames, both over one
 * channel. Loaded only by a node that is told of a mesh.
 */
@NullMarked
package dev.skein.mesh.clustered;

import org.jspecify.annotations.NullMarked;
