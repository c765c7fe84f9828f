package dev.skein.cli.bot;

import java.util.concurrent.CompletableFuture;

/** A simulated player, connected and in its place. */
interface Bot {

  /** How many deliveries should follow when it speaks. */
  int audience();

  /** Says something now; a message the client does not take is lost and shows as such. */
  void say(byte[] payload);

  /** True while its session lives. */
  boolean isConnected();

  /** What its session has moved so far. */
  Traffic traffic();

  /** How often its session went on at another node. */
  long moved();

  /** How often it had to log in anew because its session was lost. */
  long reconnected();

  /** Finds out, when all is said, what of it the server has kept. */
  default CompletableFuture<Void> check() {
    return CompletableFuture.completedFuture(null);
  }

  /** Says goodbye. */
  void leave();
}
