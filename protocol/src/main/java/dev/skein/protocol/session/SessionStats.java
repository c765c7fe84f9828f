package dev.skein.protocol.session;

/** Counters of one session since it opened, and its current round-trip time. A snapshot. */
public record SessionStats(
    long smoothedRttNanos,
    long messagesSent,
    long messagesReceived,
    long packetsSent,
    long packetsReceived,
    long bytesSent,
    long bytesReceived,
    long packetsLost,
    long framesRetransmitted,
    long messagesExpired,
    long messagesDropped,
    long packetsDropped) {}
