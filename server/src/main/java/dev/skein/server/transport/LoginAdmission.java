package dev.skein.server.transport;

import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.handshake.Admission;
import org.jspecify.annotations.Nullable;

/**
 * The node's say in one handshake: its limits first, then the layer above. Used once, on the thread
 * of the handshake.
 */
final class LoginAdmission implements Admission {
  private final Handshakes handshakes;
  private final Occupancy.Origin origin;
  private final long connectionId;
  private final long nowNanos;
  private boolean admitted;
  private @Nullable DropReason refusal;

  LoginAdmission(Handshakes handshakes, Occupancy.Origin origin, long connectionId, long nowNanos) {
    this.handshakes = handshakes;
    this.origin = origin;
    this.connectionId = connectionId;
    this.nowNanos = nowNanos;
  }

  @Override
  public int decide(Ticket ticket) {
    if (handshakes.isStopped()) {
      return Code.SHUTDOWN;
    }
    if (!handshakes.rate().spendOne(nowNanos)) {
      refusal = DropReason.HANDSHAKE_RATE;
      return Code.TOO_MANY;
    }
    int code =
        switch (ticket.purpose()) {
          case LOGIN -> handshakes.above().admit(identity(ticket));
          case MOVE ->
              handshakes.arrivals().find(ticket).isPresent() ? Code.NONE : Code.WRONG_STATE;
        };
    if (code != Code.NONE) {
      refusal = DropReason.REFUSED;
      return code;
    }
    refusal = handshakes.occupancy().admit(origin);
    admitted = refusal == null;
    return admitted ? Code.NONE : Code.FULL;
  }

  @Override
  public long connectionId(Ticket ticket) {
    return switch (ticket.purpose()) {
      case LOGIN -> connectionId;
      case MOVE ->
          handshakes.arrivals().find(ticket).map(ExpectedConnection::id).orElse(connectionId);
    };
  }

  /** Which limit refused; null if none did. */
  @Nullable DropReason refusal() {
    return refusal;
  }

  /** Gives back what {@link #decide} took, as no session came of it. */
  void withdraw() {
    if (admitted) {
      admitted = false;
      handshakes.occupancy().release(origin);
    }
  }

  static ConnectionEvents.Identity identity(Ticket ticket) {
    return new ConnectionEvents.Identity(ticket.uid(), ticket.sidText());
  }
}
