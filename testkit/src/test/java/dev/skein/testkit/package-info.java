@NullMarked
package dev.skein.testkit;

import org.jspecify.annotations.NullMarked;
