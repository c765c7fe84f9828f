/**
 * Sessions (parties) from the client's side: {@link Sessions} makes and joins them and hears
 * invitations; a {@link Session} mirrors members, owner and properties, sends, and tells of events.
 */
@NullMarked
package dev.skein.client.session;

import org.jspecify.annotations.NullMarked;
