/**
 * What a game's own tests need besides a test framework: time that a test moves, a network that
 * misbehaves by a seed, and checkers of what arrived. Nothing here depends on the rest of Skein.
 */
@NullMarked
package dev.skein.testkit;

import org.jspecify.annotations.NullMarked;
