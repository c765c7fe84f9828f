package dev.skein.cli.bot;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The bots of a run, gathered and ready: lets them speak, waits for what is still on its way, and
 * reports. One thread calls; the bots speak from a thread of the crowd's own and hear on the
 * threads of their clients.
 */
public final class Crowd implements AutoCloseable {

  /** How long the bots speak at once before the clock is read again. */
  private static final int BURST_MESSAGES = 64;

  /** Time to let every bot know that the run begins. */
  private static final long LEAD_NANOS = Duration.ofMillis(50).toNanos();

  /** No delivery for this long means that nothing more will come. */
  private static final long SILENCE_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long DRAIN_STEP_NANOS = Duration.ofMillis(5).toNanos();

  private final BotPlan plan;
  private final int run;
  private final List<Bot> bots;
  private final Tally tally;
  private volatile long spokenNanos;
  private volatile boolean stopped;
  private Thread speaker = Thread.currentThread();

  Crowd(BotPlan plan, int run, List<Bot> bots, Tally tally) {
    this.plan = plan;
    this.run = run;
    this.bots = List.copyOf(bots);
    this.tally = tally;
  }

  /** Starts to speak and returns; {@link #isSpeaking} tells when all is said. */
  public void speak() {
    long startNanos = System.nanoTime() + LEAD_NANOS;
    Pacer pacer = new Pacer(run, bots, plan, tally, startNanos);
    speaker = Thread.ofPlatform().name("bots-speak").daemon().start(() -> speak(pacer, startNanos));
  }

  private void speak(Pacer pacer, long startNanos) {
    while (!pacer.isDone() && !stopped) {
      pacer.speak(System.nanoTime(), BURST_MESSAGES);
      LockSupport.parkNanos(pacer.nextNanos() - System.nanoTime());
    }
    spokenNanos = System.nanoTime() - startNanos;
  }

  /** True until everything has been said. */
  public boolean isSpeaking() {
    return speaker.isAlive() && speaker != Thread.currentThread();
  }

  /**
   * Waits until every delivery has come, until nothing has come for {@link #SILENCE_NANOS}, or for
   * the limit.
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
        return;
      }
      LockSupport.parkNanos(DRAIN_STEP_NANOS);
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
    return Report.of(plan.bots(), connected(), tally, traffic, spokenNanos);
  }

  /** All bots say goodbye. */
  @Override
  public void close() {
    stopped = true;
    bots.forEach(Bot::leave);
  }
}
