package dev.skein.server.transport;

import dev.skein.protocol.crypto.Ticket;
import dev.skein.server.Role;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The sessions a node expects from other nodes, by sid. Any thread. */
final class Arrivals {
  /** Bounded by {@code connectionsMax}, sessions that are here included. */
  private final ConcurrentMap<String, ExpectedConnection> bySid = new ConcurrentHashMap<>();

  int size() {
    return bySid.size();
  }

  /** False if a session of this sid is expected already. */
  boolean add(ExpectedConnection expected) {
    return bySid.putIfAbsent(expected.ticket().sidText(), expected) == null;
  }

  void remove(ExpectedConnection expected) {
    bySid.remove(expected.ticket().sidText(), expected);
  }

  /** Ends them all. */
  void close(int code, String text) {
    bySid.values().forEach(each -> each.shard().execute(() -> each.close(code, text)));
  }

  /** The session this ticket was made for, as long as it is expected. */
  Optional<ExpectedConnection> find(Ticket ticket) {
    return Optional.ofNullable(bySid.get(ticket.sidText()))
        .filter(expected -> Arrays.equals(expected.ticket().id(), ticket.id()));
  }

  /** The same for a client that has come, over this transport; to one caller only. */
  Optional<ExpectedConnection> claim(Ticket ticket, Role role) {
    return find(ticket)
        .filter(expected -> expected.role() == role)
        .filter(expected -> bySid.remove(ticket.sidText(), expected));
  }
}
