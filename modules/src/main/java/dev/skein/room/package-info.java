/**
 * Room: up to 1000 users who play together and hear each other. A room has one total order of
 * reliable broadcasts, properties, shared objects, a chat, reserved places and an owner, and lives
 * on one shard, its single writer.
 *
 * <ul>
 *   <li>The face: {@link Rooms} (the module), {@link Room}, {@link RoomOptions}, {@link RoomHooks}.
 *   <li>The state: {@code RoomState} and its parts {@code Roster}, {@code Properties}, {@code
 *       Objects}, {@code ChatLog}, {@code Bundler}: functions of state, input and now.
 *   <li>The commands of clients: {@code RoomCommands}, by PROTOCOL §10.2.1.
 *   <li>The life on the shard: {@code LiveRoom} lets state, hooks and timers meet.
 *   <li>The distribution: {@code LocalAudience} (one hand-over per shard), {@code Directory} (ids,
 *       types), {@code Seats} (a user's rooms), {@code RoomNode} (all of it on one node).
 * </ul>
 */
@NullMarked
package dev.skein.room;

import org.jspecify.annotations.NullMarked;
