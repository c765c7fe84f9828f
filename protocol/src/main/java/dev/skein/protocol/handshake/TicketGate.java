package dev.skein.protocol.handshake;

import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.crypto.Tickets;
import java.util.Optional;

/**
 * What one listener knows about tickets: which it may accept, which were used, and how its
 * handshakes ended. Shared by all shards of the listener; any thread may call.
 */
public final class TicketGate {

  /** The default of {@code usedTicketsMax}: at 30 s of lifetime good for 3,000 logins a second. */
  public static final int DEFAULT_USED_TICKETS_MAX = 100_000;

  private final Tickets tickets;
  private final long serverId;
  private final long startMillis;
  private final UsedTickets used;
  private final HandshakeCounters counters = new HandshakeCounters();

  /**
   * A gate that has seen no ticket.
   *
   * @param serverId the listener the tickets must be for
   * @param startMillis Unix time of the process start; tickets issued before are refused
   * @param usedTicketsMax how many used, unexpired tickets are remembered; beyond, clients are
   *     refused with FULL
   */
  public TicketGate(Tickets tickets, long serverId, long startMillis, int usedTicketsMax) {
    this.tickets = tickets;
    this.serverId = serverId;
    this.startMillis = startMillis;
    this.used = new UsedTickets(usedTicketsMax);
  }

  /** How the handshakes of this listener ended. */
  public HandshakeCounters counters() {
    return counters;
  }

  /** How many used tickets are remembered. */
  public int usedTickets() {
    return used.size();
  }

  Optional<Ticket> open(byte[] bytes, int offset, int length) {
    return tickets.open(bytes, offset, length);
  }

  /** Why an opened ticket is not for here and now; empty if it is. */
  Optional<HandshakeOutcome> objection(Ticket ticket, long nowMillis) {
    if (ticket.serverId() != serverId) {
      return Optional.of(HandshakeOutcome.OTHER_SERVER);
    }
    if (ticket.issuedAtMillis() < startMillis) {
      return Optional.of(HandshakeOutcome.BEFORE_START);
    }
    if (nowMillis > ticket.expiresAtMillis()) {
      return Optional.of(HandshakeOutcome.EXPIRED);
    }
    return Optional.empty();
  }

  UsedTickets used() {
    return used;
  }
}
