package dev.skein.cli.bot;

import dev.skein.client.ClientLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bots of a run, gathered and ready: lets them speak, waits for what is still on its way, and
 * reports. One thread calls; the bots hear on the loops of their clients, and speak from a thread
 * of the crowd's own or, on loops that never sleep, from the first loop.
 */
public final class Crowd implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Crowd.class);

  /** How much is said at once before the clock is read and incoming messages are heard again. */
  private static final int BURST_MESSAGES = 32;

  /** Time to get ready between the decision to speak and the first word. */
  private static final long LEAD_NANOS = Duration.ofMillis(50).toNanos();

  /** No delivery for this long means that nothing more will come. */
  private static final long SILENCE_NANOS = Duration.ofSeconds(5).toNanos();

  /** How long the last datagrams may take to leave. */
  private static final Duration GOODBYE = Duration.ofMillis(50);

  private static final long WAIT_STEP_NANOS = Duration.ofMillis(5).toNanos();

  private final BotPlan plan;
  private final int run;
  private final List<Bot> bots;
  private final Tally tally;
  private final List<ClientLoop> loops;
  private final boolean speakOnLoop;
  private final Phases phases;
  private final CountDownLatch speaking = new CountDownLatch(1);
  private volatile long spokenNanos;
  private volatile boolean stopped;

  Crowd(
      BotPlan plan,
      int run,
      List<Bot> bots,
      Tally tally,
      List<ClientLoop> loops,
      boolean speakOnLoop,
      Phases phases) {
    this.plan = plan;
    this.run = run;
    this.bots = List.copyOf(bots);
    this.tally = tally;
    this.loops = List.copyOf(loops);
    this.speakOnLoop = speakOnLoop;
    this.phases = phases;
  }

  /** Starts to speak and returns; {@link #isSpeaking} tells when all is said. Once. */
  public void speak() {
    long startNanos = System.nanoTime() + LEAD_NANOS;
    Pacer pacer = new Pacer(run, bots, plan, phases, tally, startNanos);
    if (speakOnLoop) {
      loops.getFirst().execute(() -> speakTurn(pacer, startNanos));
    } else {
      Thread.ofPlatform().name("bots-speak").daemon().start(() -> speakAll(pacer, startNanos));
    }
  }

  private void speakAll(Pacer pacer, long startNanos) {
    while (!pacer.isDone() && !stopped) {
      pacer.speak(System.nanoTime(), BURST_MESSAGES);
      LockSupport.parkNanos(pacer.nextNanos() - System.nanoTime());
    }
    finish(startNanos);
  }

  private void speakTurn(Pacer pacer, long startNanos) {
    pacer.speak(System.nanoTime(), BURST_MESSAGES);
    if (pacer.isDone() || stopped) {
      finish(startNanos);
    } else {
      loops.getFirst().execute(() -> speakTurn(pacer, startNanos));
    }
  }

  private void finish(long startNanos) {
    spokenNanos = System.nanoTime() - startNanos;
    speaking.countDown();
  }

  /** The bots say nothing more; returns when the last word is on its way. */
  public void hush() throws InterruptedException {
    stopped = true;
    speaking.await();
  }

  /** True until everything has been said. */
  public boolean isSpeaking() {
    return speaking.getCount() > 0;
  }

  /**
   * Waits until every delivery has come, until nothing has come for five seconds, or for the limit;
   * then the bots check what has become of it.
   */
  public void awaitStragglers(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    long lastReceived = -1;
    long lastNews = System.nanoTime();
    while (tally.received() < tally.expected() && System.nanoTime() < deadline) {
      if (Thread.interrupted()) {
        throw new InterruptedException("while waiting for stragglers");
      }
      long received = tally.received();
      if (received != lastReceived) {
        lastReceived = received;
        lastNews = System.nanoTime();
      } else if (System.nanoTime() - lastNews > SILENCE_NANOS) {
        break;
      }
      LockSupport.parkNanos(WAIT_STEP_NANOS);
    }
    check();
  }

  private void check() {
    for (CompletableFuture<Void> each : bots.stream().map(Bot::check).toList()) {
      try {
        each.join();
      } catch (CompletionException e) {
        LOG.warn("a bot could not check what its room has kept", e);
        tally.violated();
      }
    }
  }

  /** What the bots said and heard so far. */
  public Tally tally() {
    return tally;
  }

  /** How many bots are connected now. */
  public int connected() {
    return (int) bots.stream().filter(Bot::isConnected).count();
  }

  /** What the run came to so far. */
  public Report report() {
    Traffic traffic = bots.stream().map(Bot::traffic).reduce(Traffic.NONE, Traffic::plus);
    long moved = bots.stream().mapToLong(Bot::moved).sum();
    long reconnected = bots.stream().mapToLong(Bot::reconnected).sum();
    return Report.of(plan.bots(), connected(), moved, reconnected, tally, traffic, spokenNanos);
  }

  /** All bots say goodbye; returns when it has been sent. */
  @Override
  public void close() {
    stopped = true;
    bots.forEach(Bot::leave);
    List<CompletableFuture<Void>> gone =
        loops.stream()
            .map(loop -> {
              CompletableFuture<Void> flushed = new CompletableFuture<>();
              loop.schedule(() -> flushed.complete(null), GOODBYE);
              return flushed.orTimeout(1, TimeUnit.SECONDS);
            })
            .toList();
    CompletableFuture.allOf(gone.toArray(CompletableFuture[]::new))
        .exceptionally(late -> null)
        .join();
    loops.forEach(ClientLoop::close);
  }
}
