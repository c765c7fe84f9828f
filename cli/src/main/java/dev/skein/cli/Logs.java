package dev.skein.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import dev.skein.server.config.Settings.LogFormat;
import java.util.List;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Where log lines go: to stderr, always, as stdout belongs to results. */
public final class Logs {
  /** Libraries whose INFO is for their authors. */
  private static final List<String> TALKATIVE =
      List.of("org.infinispan", "org.jgroups", "io.helidon");

  private Logs() {}

  /** As the node's configuration says. */
  static void configure(NodeConfig config) {
    String level = config.get(Settings.LOG_LEVEL);
    Level parsed = Level.toLevel(level, null);
    if (parsed == null) {
      throw new Refusal(
          "log.level = " + level + ": expected TRACE, DEBUG, INFO, WARN, ERROR or OFF");
    }
    configure(config.get(Settings.LOG_FORMAT), parsed);
  }

  /** Sets format and level of everything logged from now on. */
  public static void configure(LogFormat format, Level level) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
    stderr.setContext(context);
    stderr.setTarget("System.err");
    stderr.setEncoder(encoder(format, context));
    stderr.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(stderr);
    if (level == Level.INFO) {
      TALKATIVE.forEach(library -> context.getLogger(library).setLevel(Level.WARN));
    }
    // It says at length which port is in use; the command says that in one line.
    context.getLogger("io.helidon.webserver.LoomServer").setLevel(Level.OFF);
    LogManager.getLogManager().reset();
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  private static Encoder<ILoggingEvent> encoder(LogFormat format, LoggerContext context) {
    return switch (format) {
      case JSON -> {
        JsonEncoder json = new JsonEncoder();
        json.setContext(context);
        json.setWithFormattedMessage(true);
        json.setWithMessage(false);
        json.setWithArguments(false);
        json.setWithSequenceNumber(false);
        json.setWithContext(false);
        json.start();
        yield json;
      }
      case TEXT -> {
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{24} %msg%n");
        text.start();
        yield text;
      }
    };
  }
}
