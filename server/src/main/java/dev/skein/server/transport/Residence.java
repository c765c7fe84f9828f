package dev.skein.server.transport;

import dev.skein.protocol.session.SessionConfig;
import java.util.random.RandomGenerator;

/**
 * What all connections of one shard have in common. Confined to the shard, except what says
 * otherwise.
 *
 * @param shard where they live
 * @param table where they are found by id
 * @param session their limits and timers
 * @param messageRate messages a peer may send
 * @param byteRate bytes of messages a peer may send
 * @param occupancy how many there are on the node; any thread
 * @param counters the node's; any thread
 * @param budget what their send queues may hold together
 * @param random for the sessions
 * @param outgoing where they write what they send; valid until the next one writes
 */
@SuppressWarnings("ArrayRecordComponent")
record Residence(
    EventShard shard,
    ConnectionTable table,
    SessionConfig session,
    RateLimit messageRate,
    RateLimit byteRate,
    Occupancy occupancy,
    TransportCounters counters,
    QueueBudget budget,
    RandomGenerator random,
    byte[] outgoing) {}
