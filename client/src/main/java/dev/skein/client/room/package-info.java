/**
 * Rooms from the client's side: {@link Rooms} makes, finds and joins them; a {@link Room} mirrors
 * members, properties and shared objects, sends, and tells of events.
 */
@NullMarked
package dev.skein.client.room;

import org.jspecify.annotations.NullMarked;
