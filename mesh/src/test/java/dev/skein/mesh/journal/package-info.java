@org.jspecify.annotations.NullMarked
package dev.skein.mesh.journal;
