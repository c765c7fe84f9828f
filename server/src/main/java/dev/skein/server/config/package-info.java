/** What a node can be configured with, and how it is read; docs/CONFIGURATION.md lists it. */
@NullMarked
package dev.skein.server.config;

import org.jspecify.annotations.NullMarked;
