@NullMarked
package dev.skein.server.config;

import org.jspecify.annotations.NullMarked;
