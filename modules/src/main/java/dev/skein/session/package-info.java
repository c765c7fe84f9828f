/**
 * Session: a party of users on any nodes who stay together: they invite each other, talk in one
 * order, share properties and an owner. A user is in one session of a type at most, and a session
 * survives the death of any node.
 *
 * <ul>
 *   <li>The face: {@link Sessions} (the module), {@link Session}, {@link SessionInfo}, {@link
 *       SessionOptions}, {@link SessionHooks}.
 *   <li>The state: {@code SessionState}, changed by {@code News} only; {@code SessionOperator} and
 *       {@code SessionProperties} decide, {@code PlaceOperator} keeps a uid out of two sessions of
 *       a type: functions of state, operation and now.
 *   <li>The commands of clients: {@code SessionCommands}, by PROTOCOL §10.2.3.
 *   <li>The distribution: a session is an entry of the mesh's store, whose owner decides and
 *       numbers the news. {@code SessionNode} tells them to the nodes with members; a {@code
 *       SessionCopy} puts them in order there, fetches what is missing and hands them to the {@code
 *       Seat}s of its users. {@code Entrance} brings users in, back after a login or a move, and
 *       out.
 * </ul>
 */
@NullMarked
package dev.skein.session;

import org.jspecify.annotations.NullMarked;
