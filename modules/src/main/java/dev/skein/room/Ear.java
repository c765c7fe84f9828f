package dev.skein.room;

import dev.skein.server.Crowd;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a member hears its room on one node: itself, or through who stands in while it moves. {@link
 * #shard} may be asked by any thread; all else is confined to that shard.
 */
final class Ear {
  private final Shard shard;
  private User listener;
  private @Nullable Crowd crowd;

  Ear(User listener) {
    this.shard = listener.shard();
    this.listener = listener;
  }

  /** The shard of the user. */
  Shard shard() {
    return shard;
  }

  /** Who hears. */
  User listener() {
    return listener;
  }

  /** Who stands in for the user and has not passed on what it kept; empty: nobody. */
  Optional<Waiting> waiting() {
    return listener instanceof Waiting waiting && !waiting.isDone()
        ? Optional.of(waiting)
        : Optional.empty();
  }

  /** Somebody else hears from now on. */
  void replace(User next) {
    if (crowd != null) {
      crowd.remove(listener);
      crowd.add(next);
    }
    listener = next;
  }

  void enter(Crowd those) {
    crowd = those;
    those.add(listener);
  }

  void exit() {
    if (crowd != null) {
      crowd.remove(listener);
      crowd = null;
    }
  }
}
