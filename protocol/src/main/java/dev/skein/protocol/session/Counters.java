package dev.skein.protocol.session;

/** What a session counts; its parts write here, {@link SessionStats} is read from here. */
final class Counters {
  long messagesSent;
  long messagesReceived;
  long packetsSent;
  long packetsReceived;
  long bytesSent;
  long bytesReceived;
  long packetsLost;
  long framesRetransmitted;
  long messagesExpired;
  long messagesDropped;
  long messagesConflated;
  long messagesStale;
  long messagesIncomplete;
  long packetsDuplicate;
  long packetsNotAuthentic;
  long packetsMalformed;

  SessionStats stats(long smoothedRttNanos) {
    return new SessionStats(
        smoothedRttNanos,
        messagesSent,
        messagesReceived,
        packetsSent,
        packetsReceived,
        bytesSent,
        bytesReceived,
        packetsLost,
        framesRetransmitted,
        messagesExpired,
        messagesDropped,
        packetsDuplicate + packetsNotAuthentic + packetsMalformed);
  }

  DatagramDrops drops() {
    return new DatagramDrops(
        packetsDuplicate,
        packetsNotAuthentic,
        packetsMalformed,
        messagesExpired,
        messagesDropped,
        messagesConflated,
        messagesStale,
        messagesIncomplete);
  }
}
