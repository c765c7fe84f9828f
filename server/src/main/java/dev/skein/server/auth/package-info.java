@NullMarked
package dev.skein.server.auth;

import org.jspecify.annotations.NullMarked;
