/**
 * A node: users, their commands, modules and its life. {@link dev.skein.server.Server#builder} is
 * where to begin; everything else public is what handlers, hooks and modules are given.
 */
@NullMarked
package dev.skein.server;

import org.jspecify.annotations.NullMarked;
