package dev.skein.server;

import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeListener;
import dev.skein.mesh.Store;
import dev.skein.protocol.Code;
import dev.skein.server.cluster.NodeQuestion;
import dev.skein.server.cluster.UserEntry;
import dev.skein.server.cluster.UserOperation;
import dev.skein.server.cluster.UserOperation.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One session a uid, over all nodes. Any thread may call.
 *
 * <p>The uid's entry in a store of the cluster decides who is the later of two logins; the earlier
 * one's node is then asked to end it. Entries are leases, which each node renews for its users, so
 * that nothing stays of a node that died. Whenever a node has come or gone all are renewed soon:
 * this finds out which of two sessions has lost after a partition, and restores what was lost with
 * the nodes that had it.
 */
final class ClusterRegister implements UidRegister {
  /** How long a login waits for the end of another before it goes ahead: its node may be frozen. */
  private static final int FORMER_END_MAX_MILLIS = 3_000;

  /** Renewals of an entry within its lease, so that one or two may fail. */
  private static final int RENEWALS_PER_LEASE = 3;

  private static final int TURN_MILLIS = 1_000;

  /** In so many turns all entries are renewed when they may have been lost. */
  private static final int HURRIED_TURNS = 10;

  private final Store store;
  private final Peers peers;
  private final Users users;
  private final int leaseMillis;
  private final Metrics.Counter unanswered;
  private final Metrics.Counter lost;
  private final AtomicInteger hurriedTurnsLeft = new AtomicInteger();
  private long turn;
  private volatile boolean stopped;

  ClusterRegister(Store store, Peers peers, Users users, int leaseMillis, Metrics metrics) {
    this.store = store;
    this.peers = peers;
    this.users = users;
    this.leaseMillis = leaseMillis;
    this.unanswered =
        metrics.counter(
            "skein.users.register.unanswered", "Logins and renewals the cluster did not answer");
    this.lost =
        metrics.counter("skein.users.lost", "Sessions ended because another node had the uid");
  }

  // --- Logging in ---

  @Override
  public void claim(ConnectedUser user) {
    claim(user, "");
  }

  private void claim(ConnectedUser user, String over) {
    UserEntry entry = entry(user);
    apply(user, new UserOperation.Claim(entry, users.refusesSecondLogin(), over, leaseMillis))
        .whenComplete((verdict, failure) -> {
          if (failure != null) {
            unanswered.increment();
            user.disconnect(Code.FULL, "the cluster does not answer");
          } else if (verdict.granted()) {
            verdict
                .other()
                .map(former -> end(user, former))
                .orElse(CompletableFuture.completedFuture(true))
                .whenComplete((ended, unreached) -> user.shard().execute(user::open));
          } else {
            verdict.other().ifPresent(holder -> refused(user, holder, over));
          }
        });
  }

  /** Has another node end the former session, for as long as that is worth waiting for. */
  private CompletionStage<Boolean> end(ConnectedUser user, UserEntry former) {
    if (!peers.isInSight(former)) {
      return CompletableFuture.completedFuture(false);
    }
    return peers
        .askWhether(former.node(), new NodeQuestion.End(user.uid(), former.sid()))
        .toCompletableFuture()
        .orTimeout(FORMER_END_MAX_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Only a session that lives keeps others out. */
  private void refused(ConnectedUser user, UserEntry holder, String over) {
    if (holder.sid().equals(over)) {
      user.disconnect(Code.REPLACED, "the uid is connected");
    } else if (!peers.isInSight(holder)) {
      claim(user, holder.sid());
    } else {
      peers
          .askWhether(holder.node(), new NodeQuestion.Have(user.uid(), holder.sid()))
          .whenComplete((has, failure) -> {
            if (failure == null && !has) {
              claim(user, holder.sid());
            } else {
              user.disconnect(Code.REPLACED, "the uid is connected");
            }
          });
    }
  }

  /** The uid stays with the session, unless another one has claimed it on the way. */
  @Override
  public void moved(ConnectedUser user) {
    apply(user, new UserOperation.Claim(entry(user), true, "", leaseMillis))
        .whenComplete((verdict, failure) -> keep(user, verdict, failure));
  }

  @Override
  public void release(ConnectedUser user) {
    store.apply(user.uid(), new UserOperation.Release(entry(user)).encode());
  }

  // --- Staying ---

  /** Begins to renew; once. */
  void begin(Shard shard) {
    peers.mesh().onNodes(NodeListener.ofComingAndGoing(this::hurry));
    renewOn(shard);
  }

  private void hurry() {
    hurriedTurnsLeft.set(HURRIED_TURNS);
  }

  private void renewOn(Shard shard) {
    if (!stopped) {
      shard.schedule(
          () -> Thread.ofVirtual().name("skein-renew").start(() -> renewTurn(shard)), TURN_MILLIS);
    }
  }

  void stop() {
    stopped = true;
  }

  private void renewTurn(Shard shard) {
    try {
      renew(turn++);
    } finally {
      renewOn(shard);
    }
  }

  /** Every user has its turn RENEWALS_PER_LEASE times in a lease; the turns share the load. */
  private void renew(long number) {
    boolean hurries = hurriedTurnsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    int leisurely = Math.max(1, leaseMillis / RENEWALS_PER_LEASE / TURN_MILLIS);
    int turns = hurries ? Math.min(HURRIED_TURNS, leisurely) : leisurely;
    for (ConnectedUser user : users.connected()) {
      if (user.isOpen() && Math.floorMod(user.uid().hashCode(), turns) == number % turns) {
        renew(user);
      }
    }
  }

  private void renew(ConnectedUser user) {
    apply(user, new UserOperation.Renew(entry(user), leaseMillis))
        .whenComplete((verdict, failure) -> {
          if (user.isOpen()) {
            keep(user, verdict, failure);
          }
        });
  }

  private void keep(ConnectedUser user, @Nullable Verdict verdict, @Nullable Throwable failure) {
    if (verdict == null || failure != null) {
      unanswered.increment(); // it stays, and is asked about again
      hurry();
    } else if (!verdict.granted()) {
      lost.increment();
      user.disconnect(Code.REPLACED, "the same uid logged in elsewhere");
    }
  }

  private CompletionStage<Verdict> apply(ConnectedUser user, UserOperation operation) {
    return store.apply(user.uid(), operation.encode()).thenApply(Verdict::decode);
  }

  private UserEntry entry(ConnectedUser user) {
    NodeInfo self = peers.mesh().self();
    return UidRegister.entry(user, self.address(), self.id());
  }
}
