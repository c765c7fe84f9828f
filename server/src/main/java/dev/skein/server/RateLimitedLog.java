package dev.skein.server;

import java.time.InstantSource;
import org.slf4j.Logger;

/**
 * Logs at most so many lines per interval, and then how many were left out: what a client can
 * provoke must not fill the disk. Any thread.
 */
final class RateLimitedLog {
  private static final int LINES_MAX_COUNT = 20;
  private static final long INTERVAL_MILLIS = 10_000;

  private final Logger log;
  private final InstantSource clock;
  private long intervalStartMillis;
  private int lines;
  private long omitted;

  RateLimitedLog(Logger log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
    this.intervalStartMillis = clock.millis();
  }

  void warn(String text, Throwable cause) {
    if (admit()) {
      log.warn(text, cause);
    }
  }

  void warn(String text) {
    if (admit()) {
      log.warn(text);
    }
  }

  private boolean admit() {
    long toReport = 0;
    boolean admitted;
    synchronized (this) {
      long now = clock.millis();
      if (now - intervalStartMillis >= INTERVAL_MILLIS) {
        toReport = omitted;
        intervalStartMillis = now;
        lines = 0;
        omitted = 0;
      }
      admitted = lines < LINES_MAX_COUNT;
      if (admitted) {
        lines++;
      } else {
        omitted++;
      }
    }
    if (toReport > 0) {
      log.warn("{} more failures were not logged", toReport);
    }
    return admitted;
  }
}
