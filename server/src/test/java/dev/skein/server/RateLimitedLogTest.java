package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RateLimitedLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(RateLimitedLogTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong nowMillis = new AtomicLong();
  private final InstantSource clock = () -> Instant.ofEpochMilli(nowMillis.get());
  private final RateLimitedLog log = new RateLimitedLog(logger, clock);

  @BeforeEach
  void listen() {
    logger.setLevel(ch.qos.logback.classic.Level.WARN);
    logger.setAdditive(false);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  @Test
  void whatIsOverTheLimitIsCountedAndToldWhenTheIntervalIsOver() {
    for (int i = 0; i < 25; i++) {
      log.warn("line " + i, new IllegalStateException());
    }
    assertThat(texts()).hasSize(20).startsWith("line 0").endsWith("line 19");
    nowMillis.set(9_999);
    log.warn("still within", new IllegalStateException());
    assertThat(texts()).hasSize(20);
    nowMillis.set(10_000);
    log.warn("next interval", new IllegalStateException());
    assertThat(texts()).hasSize(22).endsWith("6 more failures were not logged", "next interval");
  }

  private List<String> texts() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
