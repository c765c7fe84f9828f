/**
 * Direct messages from user to user, wherever in the cluster the two are connected. Messages of one
 * user to another arrive in the order they were sent; an offline receiver is an error; who has
 * exchanged messages with a user is told when that user goes.
 *
 * <ul>
 *   <li>The face: {@link DirectMessages} (the module), {@link DmHooks}, {@link DmSettings}.
 *   <li>The state: {@code Conversations} (whom a user has talked to, and what waits to be sent).
 *   <li>The commands of clients: {@code DmCommands}, by PROTOCOL §10.2.8.
 *   <li>The distribution: {@code Courier} finds the receiver's node and brings messages there.
 * </ul>
 */
@NullMarked
package dev.skein.dm;

import org.jspecify.annotations.NullMarked;
