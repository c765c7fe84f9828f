/** Who may log in. */
@NullMarked
package dev.skein.server.auth;

import org.jspecify.annotations.NullMarked;
