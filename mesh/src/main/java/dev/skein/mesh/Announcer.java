package dev.skein.mesh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the other nodes what this one says of itself. Who could not be told, because the queue to
 * it was full, is told at the next turn. Any thread may call.
 */
final class Announcer {
  /** The version of the frames this node speaks, and the oldest it understands. */
  static final int WIRE = 1;

  static final int WIRE_OLDEST = 1;

  private final NodeTable table;
  private final Link link;
  private final SharedTable shared;
  private final MeshRuntime runtime;
  private final int intervalMillis;
  private final Map<String, Debt> debts = new LinkedHashMap<>();
  private boolean scheduled;

  /**
   * What a node has still to be told.
   *
   * @param asks true if it is to introduce itself in turn
   */
  private record Debt(boolean node, boolean asks, boolean shared) {
    Debt and(Debt more) {
      return new Debt(node || more.node, asks || more.asks, shared || more.shared);
    }

    boolean isPaid() {
      return !node && !shared;
    }
  }

  private static final Debt NODE = new Debt(true, false, false);
  private static final Debt SHARED = new Debt(false, false, true);
  private static final Debt ALL = new Debt(true, false, true);
  private static final Debt ALL_AND_ASK = new Debt(true, true, true);

  Announcer(
      NodeTable table, Link link, SharedTable shared, MeshRuntime runtime, int intervalMillis) {
    this.table = table;
    this.link = link;
    this.shared = shared;
    this.runtime = runtime;
    this.intervalMillis = intervalMillis;
  }

  /** Introduces this node to those who have come in sight and asks them who they are. */
  void greet(Collection<String> newcomers) {
    owe(newcomers, ALL_AND_ASK);
    pay();
  }

  /** A node wants to know who this one is. */
  void answer(String address) {
    owe(List.of(address), ALL);
    pay();
  }

  /** Something of importance has changed: all are told now. */
  void changed() {
    owe(table.others(), NODE);
    pay();
  }

  /** Only the CCU has changed: all are told at the end of the interval. */
  void countChanged() {
    owe(table.others(), NODE);
    payLater();
  }

  /** A value could not be handed over: the node gets all of them later. */
  void sharedMissed(String address) {
    owe(List.of(address), SHARED);
    payLater();
  }

  synchronized void forget(Collection<String> gone) {
    gone.forEach(debts::remove);
  }

  private synchronized void owe(Collection<String> addresses, Debt debt) {
    addresses.forEach(address -> debts.merge(address, debt, Debt::and));
  }

  /** Under the lock from reading to sending, so that the newest goes out last. */
  private synchronized void pay() {
    List<String> paid = new ArrayList<>();
    for (Map.Entry<String, Debt> entry : debts.entrySet()) {
      Debt left = pay(entry.getKey(), entry.getValue());
      entry.setValue(left);
      if (left.isPaid()) {
        paid.add(entry.getKey());
      }
    }
    paid.forEach(debts::remove);
    if (!debts.isEmpty()) {
      payLater();
    }
  }

  private Debt pay(String address, Debt debt) {
    boolean node = debt.node && !link.send(address, introduction(debt.asks));
    List<SharedEntry> entries = debt.shared && !node ? shared.entries() : List.of();
    boolean missed =
        debt.shared
            && (node || !entries.isEmpty() && !link.send(address, new Frame.Shared(entries)));
    return new Debt(node, debt.asks, missed);
  }

  private Frame introduction(boolean asks) {
    return new Frame.Node(WIRE, WIRE_OLDEST, asks, table.self());
  }

  private synchronized void payLater() {
    if (!scheduled) {
      scheduled = true;
      runtime.schedule(this::payDue, intervalMillis);
    }
  }

  private void payDue() {
    synchronized (this) {
      scheduled = false;
    }
    pay();
  }
}
