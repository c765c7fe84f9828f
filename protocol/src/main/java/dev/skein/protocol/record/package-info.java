/**
 * Java records as bytes and back (PROTOCOL §10.4), without a schema written by hand: {@link
 * dev.skein.protocol.record.RecordCodec}; and the same bytes by a schema made at run time: {@link
 * dev.skein.protocol.record.TransportSchema}.
 */
@NullMarked
package dev.skein.protocol.record;

import org.jspecify.annotations.NullMarked;
