/** What the nodes of a cluster tell and ask each other about users: plain data, no threads. */
@NullMarked
package dev.skein.server.cluster;

import org.jspecify.annotations.NullMarked;
