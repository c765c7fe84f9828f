/**
 * Group: any number of users on all nodes who hear each other. A group has one total order of
 * reliable broadcasts, kept by its home, the node that rendezvous hashing gives it; each node knows
 * its own members.
 *
 * <ul>
 *   <li>The face: {@link Groups} (the module), {@link Group}, {@link GroupOptions}, {@link
 *       GroupHooks}.
 *   <li>The state: {@code Branch} (a group on a node) with {@code Publications}, {@code Ledger} (a
 *       group at its home) with {@code Flush}, {@code EntryLog}: mail and time in, mail out.
 *   <li>The commands of clients: {@code GroupCommands}, by PROTOCOL §10.2.2.
 *   <li>The life on the shards: {@code Entrance} (coming, going, talking, moving; on the user's
 *       shard), {@code Hall} and {@code Bench} (members by shard), {@code Seats} (a user's groups).
 *   <li>The distribution: {@code Desk} (branches and ledgers of a shard), {@code Mail}, {@code
 *       Shelves} (random joins), {@code GroupNode} (all of it on one node).
 * </ul>
 */
@NullMarked
package dev.skein.group;

import org.jspecify.annotations.NullMarked;
