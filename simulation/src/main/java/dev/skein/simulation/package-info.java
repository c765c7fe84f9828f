/**
 * Whole clusters in virtual time, so that a module or a game is tested over several nodes that
 * crash, pause and lose each other, by a seed: start at {@link dev.skein.simulation.SimCluster}.
 */
@NullMarked
package dev.skein.simulation;

import org.jspecify.annotations.NullMarked;
