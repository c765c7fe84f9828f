package dev.skein.protocol.handshake;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.packet.BigEndian;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The tickets a listener has accepted, each kept until it has expired, so that none is accepted
 * twice. Bounded: when it is full of live tickets no other can be used. Any thread may call.
 */
final class UsedTickets {
  private final int usedTicketsMax;
  private final Map<Id, Use> uses = new HashMap<>();
  private final PriorityQueue<Use> byExpiry =
      new PriorityQueue<>(Comparator.comparingLong((Use use) -> use.expiresAtMillis));

  UsedTickets(int usedTicketsMax) {
    Bounds.positive("usedTicketsMax", usedTicketsMax);
    this.usedTicketsMax = usedTicketsMax;
  }

  private record Id(long high, long low) {
    static Id of(Ticket ticket) {
      return new Id(BigEndian.getLong(ticket.id(), 0), BigEndian.getLong(ticket.id(), Long.BYTES));
    }
  }

  /** One accepted ticket: by which PROOF, and the ACCEPT for as long as it may be wanted again. */
  static final class Use {
    private final Id id;
    private final long expiresAtMillis;
    private final byte[] proofHash;
    private volatile byte @Nullable [] answer;

    private Use(Id id, long expiresAtMillis, byte[] proofHash) {
      this.id = id;
      this.expiresAtMillis = expiresAtMillis;
      this.proofHash = proofHash;
    }

    byte[] proofHash() {
      return proofHash;
    }

    void answerWith(byte[] accept) {
      answer = accept;
    }

    void forgetAnswer() {
      answer = null;
    }

    byte @Nullable [] answer() {
      return answer;
    }
  }

  /** How this ticket was used; empty if it was not. */
  synchronized Optional<Use> find(Ticket ticket) {
    return Optional.ofNullable(uses.get(Id.of(ticket)));
  }

  /** True if another ticket can be used; forgets those that have expired. */
  synchronized boolean hasRoom(long nowMillis) {
    for (Use oldest = byExpiry.peek();
        oldest != null && oldest.expiresAtMillis < nowMillis;
        oldest = byExpiry.peek()) {
      byExpiry.poll();
      uses.remove(oldest.id);
    }
    return uses.size() < usedTicketsMax;
  }

  /** Marks the ticket as used; empty if it already was or there is no room. */
  synchronized Optional<Use> claim(Ticket ticket, byte[] proofHash, long nowMillis) {
    Id id = Id.of(ticket);
    if (!hasRoom(nowMillis) || uses.containsKey(id)) {
      return Optional.empty();
    }
    Use use = new Use(id, ticket.expiresAtMillis(), proofHash);
    uses.put(id, use);
    byExpiry.add(use);
    return Optional.of(use);
  }

  synchronized int size() {
    return uses.size();
  }
}
