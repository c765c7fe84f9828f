/**
 * The bytes of packets and frames (PROTOCOL §6.1, §7): how they are written and read, and nothing
 * about what they mean to a session. Readers and writers are cursors over the caller's array, so
 * that the hot path allocates nothing.
 */
@NullMarked
package dev.skein.protocol.packet;

import org.jspecify.annotations.NullMarked;
