package dev.skein.cli;

import ch.qos.logback.classic.Level;
import dev.skein.cli.bot.BotCommand;
import dev.skein.cli.shell.ClientCommand;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.Settings.LogFormat;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * The {@code skein} command. Results go to stdout, everything else to stderr. Exit codes: 0 done, 1
 * it did not work, 2 it was asked for something impossible.
 */
@Command(
    name = "skein",
    description = "A realtime multiplayer server engine.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      DevCommand.class,
      ServerCommand.class,
      ClientCommand.class,
      BotCommand.class,
      ClusterCommand.class,
      HealthCommand.class,
      RehearseCommand.class
    },
    footer = {
      "",
      "skein bench room|rudp measures (a module of its own; see skein bench --help).",
      "Exit codes: 0 done, 1 it did not work, 2 asked for something impossible."
    })
public final class Skein {
  private static final Logger LOG = LoggerFactory.getLogger(Skein.class);

  Skein() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    Logs.configure(LogFormat.TEXT, Level.INFO);
    System.exit(execute(args));
  }

  /** Runs one command; the exit code. */
  static int execute(String... args) {
    return commandLine(new Skein()).execute(args);
  }

  /** A picocli command line that reports as all of Skein's do: in one line. */
  public static CommandLine commandLine(Object command) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Skein::onBadOption)
        .setExecutionExceptionHandler(Skein::onFailure);
  }

  private static int onBadOption(ParameterException problem, String[] args) {
    CommandLine command = problem.getCommandLine();
    System.err.println(name(command) + ": " + firstLine(problem) + " (--help tells the options)");
    return CommandLine.ExitCode.USAGE;
  }

  private static int onFailure(
      Exception problem, CommandLine command, CommandLine.ParseResult parsed) {
    System.err.println(name(command) + ": " + firstLine(problem));
    LOG.debug("where it came from", problem);
    return isAskedWrongly(problem) ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  private static boolean isAskedWrongly(Exception problem) {
    return problem instanceof Refusal
        || problem instanceof ConfigException
        || problem instanceof IllegalArgumentException;
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName().toLowerCase(Locale.ROOT);
  }

  private static String firstLine(Throwable problem) {
    String message = problem.getMessage();
    return message == null || message.isBlank()
        ? problem.getClass().getSimpleName()
        : message.lines().findFirst().orElse(message);
  }
}
