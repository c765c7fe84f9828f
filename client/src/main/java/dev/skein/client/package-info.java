@NullMarked
package dev.skein.client;

import org.jspecify.annotations.NullMarked;
