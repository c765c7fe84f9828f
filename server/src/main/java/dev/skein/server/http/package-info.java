@NullMarked
package dev.skein.server.http;

import org.jspecify.annotations.NullMarked;
