/** Dive's storages from the client's side, as far as the server exposes them. */
@NullMarked
package dev.skein.client.dive;

import org.jspecify.annotations.NullMarked;
