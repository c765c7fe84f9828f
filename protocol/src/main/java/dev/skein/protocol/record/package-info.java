/**
 * Java records as bytes and back (PROTOCOL §10.4), without a schema written by hand: {@link
 * dev.skein.protocol.record.RecordCodec}.
 */
@NullMarked
package dev.skein.protocol.record;

import org.jspecify.annotations.NullMarked;
