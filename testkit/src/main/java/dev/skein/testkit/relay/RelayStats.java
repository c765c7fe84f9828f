package dev.skein.testkit.relay;

/**
 * What a relay has done so far, both directions together. Datagrams of a UDP relay, chunks of a TCP
 * relay.
 *
 * @param forwarded handed on, duplicates included
 * @param lost taken away on purpose; on a stream, delayed by one retransmission
 * @param duplicated handed on twice
 * @param reordered held back on purpose
 * @param corrupted handed on with one bit turned
 * @param overflowed taken away because a queue, a socket or the table of clients was full
 */
public record RelayStats(
    long forwarded, long lost, long duplicated, long reordered, long corrupted, long overflowed) {}
