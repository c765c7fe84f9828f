package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.session.FrameBatch;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a member whose user is between two nodes: keeps, in order, what the room tells it
 * reliably, after what its former node still has for it, until the user hears for itself again or
 * its next node takes over. Confined to the user's shard.
 */
final class Waiting extends DelegatingUser {
  /** More than this is not kept: the user has missed something then, and is out. */
  private static final int KEPT_MAX_BYTES = 2 << 20;

  private final List<Kept> kept = new ArrayList<>();
  private int keptBytes;
  private boolean complete = true;
  private boolean expectsEarlier;
  private boolean done;
  private @Nullable Consumer<Waiting> release;

  /** One message. */
  @SuppressWarnings("ArrayRecordComponent")
  record Kept(Channel channel, byte[] message) {}

  /**
   * @param expectsEarlier whether a former node has to hand over what it kept
   */
  Waiting(User user, boolean expectsEarlier) {
    super(user);
    this.expectsEarlier = expectsEarlier;
  }

  /** Everything for the user so far, in order. */
  List<Kept> kept() {
    return kept;
  }

  /** False if something reliable could not be kept. */
  boolean isComplete() {
    return complete;
  }

  /** True once what it kept has been passed on. */
  boolean isDone() {
    return done;
  }

  /** What the former node has kept. */
  void earlier(List<Kept> before, boolean isComplete) {
    if (expectsEarlier) {
      expectsEarlier = false;
      kept.addAll(0, before);
      complete &= isComplete;
      releaseIfReady();
    }
  }

  /** The former node will hand over nothing any more. */
  void giveUpEarlier() {
    earlier(List.of(), false);
  }

  /** Is given everything that is kept once it is whole; null: nobody takes it yet. */
  void releaseTo(@Nullable Consumer<Waiting> taker) {
    release = taker;
    releaseIfReady();
  }

  private void releaseIfReady() {
    Consumer<Waiting> taker = release;
    if (!done && !expectsEarlier && taker != null) {
      done = true;
      taker.accept(this);
    }
  }

  @Override
  public void send(byte[] message, Channel channel, long conflationKey) {
    if (!channel.kind().reliable()) {
      return;
    }
    keptBytes += message.length;
    if (keptBytes > KEPT_MAX_BYTES) {
      complete = false;
    } else {
      kept.add(new Kept(channel, message));
    }
  }

  /** Unreliable messages do not wait. */
  @Override
  public void send(FrameBatch batch) {}
}
