package dev.skein.protocol.session;

/**
 * What a datagram session dropped, by reason; a snapshot since it opened.
 *
 * @param packetsDuplicate packets whose number was seen, or is too old to tell
 * @param packetsNotAuthentic packets that did not open
 * @param packetsMalformed datagrams that cannot be packets of this direction, and packets whose
 *     frames break a rule (which also closes the session)
 * @param messagesExpired unreliable messages that waited longer than their ttl
 * @param messagesDropped messages the send queue had no room for
 * @param messagesConflated unsent messages a newer one with the same key took the place of
 * @param messagesStale sequenced messages that came after a newer one
 * @param messagesIncomplete unreliable messages given up before all fragments came
 */
public record DatagramDrops(
    long packetsDuplicate,
    long packetsNotAuthentic,
    long packetsMalformed,
    long messagesExpired,
    long messagesDropped,
    long messagesConflated,
    long messagesStale,
    long messagesIncomplete) {}
