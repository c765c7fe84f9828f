package dev.skein.room;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backup goes on with a room whose node is out of sight, if the cluster's store says that it may.
 * Confined to the shard of the standby.
 */
final class Takeover {
  private static final Logger log = LoggerFactory.getLogger(Takeover.class);

  /** A store that may have been asked where the lost node was is asked again after so long. */
  private static final long ANSWER_MILLIS = 2_000;

  /** One that cannot be reached is asked again after so long. */
  private static final long AGAIN_MILLIS = 500;

  /** Every backup leaves those before it so much time. */
  private static final long RANK_MILLIS = 1_500;

  private final RoomNode node;
  private final Standby standby;
  private final long claim;
  private boolean waited;
  private int attempts;

  /** What this has tried to enter. */
  private long claimedTerm;

  Takeover(RoomNode node, Standby standby) {
    this.node = node;
    this.standby = standby;
    this.claim = node.context().random().nextLong();
  }

  void begin() {
    if (node.standbys().isHomeInSight(standby) || !node.standbys().has(standby)) {
      return;
    }
    int attempt = ++attempts;
    node.homes()
        .entry(standby.roomId())
        .whenComplete((entry, failure) -> onShard(attempt, () -> decide(entry)));
    node.standbys()
        .shard(standby.number())
        .schedule(() -> onShard(attempt, this::begin), ANSWER_MILLIS);
  }

  /** What belongs to an earlier attempt comes to nothing. */
  private void onShard(int attempt, Runnable task) {
    node.standbys()
        .shard(standby.number())
        .execute(() -> {
          if (attempt == attempts) {
            task.run();
          }
        });
  }

  private void again(long afterMillis) {
    node.standbys().shard(standby.number()).schedule(this::begin, afterMillis);
  }

  /** {@code found} is null if the store cannot be reached. */
  private void decide(@Nullable Optional<HomeEntry> found) {
    if (!node.standbys().has(standby)) {
      return;
    }
    if (found == null) {
      again(AGAIN_MILLIS);
      return;
    }
    HomeEntry entry = found.orElse(null);
    if (entry != null && entry.claim() == claim && entry.term() == claimedTerm) {
      // The answer got lost.
      takeOver(entry.term());
    } else if (entry == null
        || !entry.home().equals(standby.home())
        || !entry.backups().contains(node.self())) {
      log.info("does not go on with room {}: entered is {}", standby.roomId(), entry);
      node.standbys().drop(standby);
    } else if (rank(entry) > 0 && !waited) {
      waited = true;
      again(rank(entry) * RANK_MILLIS);
    } else {
      claim(entry.term() + 1);
    }
  }

  private int rank(HomeEntry entry) {
    return entry.backups().stream()
        .filter(address -> node.context().mesh().node(address).isPresent())
        .toList()
        .indexOf(node.self());
  }

  private void claim(long term) {
    claimedTerm = term;
    int attempt = attempts;
    node.homes()
        .claim(
            standby.roomId(),
            new HomeEntry(node.self(), claim, term, HomeEntry.LEASE_MILLIS, List.of()))
        .whenComplete((granted, failure) ->
            onShard(
                attempt,
                () -> {
                  if (granted == null) {
                    again(AGAIN_MILLIS);
                  } else if (granted) {
                    takeOver(term);
                  } else {
                    begin();
                  }
                }));
  }

  private void takeOver(long term) {
    if (!node.standbys().has(standby)) {
      return;
    }
    node.standbys().drop(standby);
    node.directory()
        .find(standby.roomId())
        .ifPresentOrElse(former -> replace(former, term), () -> goOn(term));
  }

  /** The room was on its way from here to the node that is lost, and does not know of it yet. */
  private void replace(LiveRoom former, long term) {
    former
        .shard()
        .execute(() -> {
          former.abandon(node.self());
          node.standbys().shard(standby.number()).execute(() -> goOn(term));
        });
  }

  private void goOn(long term) {
    Transcript transcript = standby.transcript(node.standbys().nowMillis(standby.number()));
    int number = transcript.copy().charter().number();
    node.directory()
        .nameOf(standby.roomId(), number)
        .ifPresentOrElse(
            name -> {
              log.info("goes on with room {} of {}", standby.roomId(), standby.home());
              node.adoptions().adopt(transcript, name, term);
            },
            () -> log.warn("room {} is lost: the node is full", standby.roomId()));
  }
}
