package dev.skein.bench;

import ch.qos.logback.classic.Level;
import dev.skein.bench.rudp.RudpBench;
import dev.skein.cli.Logs;
import dev.skein.cli.Skein;
import dev.skein.server.config.Settings.LogFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code skein bench}: measurements, none of them part of the build. */
@Command(
    name = "skein bench",
    mixinStandardHelpOptions = true,
    description = "Measures Skein, alone and beside others.",
    subcommands = {RoomBench.class, RudpBench.class})
public final class Bench implements Runnable {
  @Spec private CommandSpec spec;

  private Bench() {}

  /** Runs one measurement and ends the process with its exit code. */
  public static void main(String[] args) {
    Logs.configure(LogFormat.TEXT, Level.WARN);
    System.exit(Skein.commandLine(new Bench()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "what is to be measured is missing");
  }
}
