package dev.skein.client;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the cluster whether the node of a session is lost, once the client has reason to doubt that
 * it is there (PROTOCOL §2): a session whose node is lost will never be resumed, so there is no use
 * in trying until its time is over. Confined to the loop.
 *
 * <p>The cluster notices the death of a node later than a client on the same machine does: so it is
 * asked again every 400 ms, later every 2 s, until the node is heard or given up.
 */
final class LostNodeInquiry {
  private static final int QUICK_QUESTIONS = 4;
  private static final long QUICK_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ClientConfig config;
  private final ClientLoop loop;
  private final Runnable onLost;
  private final Deadline nextQuestion =
      new Deadline() {
        @Override
        void onDue(long nowNanos) {
          ask();
        }
      };

  /** Whose node is in doubt; none while all is well. */
  private @Nullable Endpoint doubted;

  private int questions;

  LostNodeInquiry(ClientConfig config, Runnable onLost) {
    this.config = config;
    this.loop = config.loop();
    this.onLost = onLost;
  }

  /** This node does not answer; nothing more happens if that is known already. */
  void begin(Endpoint node) {
    if (doubted == null) {
      doubted = node;
      questions = 0;
      ask();
    }
  }

  /** The node was heard, or does not matter any more. */
  void end() {
    if (doubted != null) {
      doubted = null;
      loop.deadlines().remove(nextQuestion);
    }
  }

  private void ask() {
    Endpoint node = doubted;
    if (node == null) {
      return;
    }
    questions++;
    loop.entry()
        .askWhetherLost(
            config,
            node.ticket(),
            lost -> {
              if (node != doubted) {
                return;
              }
              if (lost) {
                end();
                onLost.run();
              } else {
                long pause = questions < QUICK_QUESTIONS ? QUICK_PAUSE_NANOS : PAUSE_NANOS;
                loop.deadlines().set(nextQuestion, loop.nowNanos() + pause);
              }
            });
  }
}
