@org.jspecify.annotations.NullMarked
package dev.skein.server.cluster;
