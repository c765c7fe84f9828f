@NullMarked
package dev.skein.server;

import org.jspecify.annotations.NullMarked;
