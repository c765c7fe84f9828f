@NullMarked
package dev.skein.testkit.relay;

import org.jspecify.annotations.NullMarked;
