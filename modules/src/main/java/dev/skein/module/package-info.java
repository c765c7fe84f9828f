/** What the modules share: answers to commands, chains of hooks, values of settings. */
@NullMarked
package dev.skein.module;

import org.jspecify.annotations.NullMarked;
