/**
 * Dive: named storages of keys and values that the whole cluster shares. A key holds one value or a
 * list of values, may have a time to live, and survives the death of a node.
 *
 * <ul>
 *   <li>The face: {@link Dive} (the module), {@link Storage}, {@link StorageOptions}, {@link
 *       DiveHooks}.
 *   <li>The state: {@code Entry}, what a key holds, and {@code EntryOperator}, what can be done to
 *       it: functions of entry, operation and now.
 *   <li>The commands of clients: {@code DiveCommands}, by PROTOCOL §10.2.6; only for storages that
 *       are exposed.
 *   <li>The distribution: none of its own. The mesh's store runs the operator where the key lives.
 * </ul>
 */
@NullMarked
package dev.skein.dive;

import org.jspecify.annotations.NullMarked;
