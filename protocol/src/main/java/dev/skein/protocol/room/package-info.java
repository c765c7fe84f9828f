/**
 * The wire side of rooms (PROTOCOL §10.2.1): requests, events and codes, shared by server and
 * client. Records with their codec beside them; nothing here knows a room's rules.
 */
@NullMarked
package dev.skein.protocol.room;

import org.jspecify.annotations.NullMarked;
