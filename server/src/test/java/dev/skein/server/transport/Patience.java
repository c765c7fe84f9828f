package dev.skein.server.transport;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waits for what sockets bring, on the test's own thread, which also drives the clients. */
final class Patience {
  private Patience() {}

  static ConditionFactory await() {
    return Awaitility.await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(30));
  }
}
