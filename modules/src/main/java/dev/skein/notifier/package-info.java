/**
 * Notifier: messages to every user of the cluster, also to those who come a little later, each once
 * per user. A service asks the game at an interval, on one node at a time, whether there is
 * something to say.
 *
 * <ul>
 *   <li>The face: {@link Notifier} (the module), {@link Notification}, {@link NotificationSource}.
 *   <li>The state: {@code Board}, what a service has to say and said lately, changed by {@code
 *       BoardOperator}; {@code SeenOperator}, who has it: functions of state, operation and now.
 *   <li>Commands of clients: none. What users get is a PUSH of the game's own number.
 *   <li>The distribution: {@code Service} lets the nodes take turns, by the store's clock, and
 *       delivers to the users of its node.
 * </ul>
 */
@NullMarked
package dev.skein.notifier;

import org.jspecify.annotations.NullMarked;
