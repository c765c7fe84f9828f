package dev.skein.bench;

import ch.qos.logback.classic.Level;
import dev.skein.bench.jmh.JmhBench;
import dev.skein.bench.rudp.RudpBench;
import dev.skein.cli.Logs;
import dev.skein.cli.Skein;
import dev.skein.server.config.Settings.LogFormat;
import picocli.CommandLine.Command;

/** {@code skein bench}: measurements, none of them part of the build. */
@Command(
    name = "skein bench",
    mixinStandardHelpOptions = true,
    description = "Measures Skein, alone and beside others.",
    subcommands = {
      RoomBench.class,
      RudpBench.class,
      JmhBench.class,
      MeshBench.class,
      SpreadBench.class,
      GroupBench.class,
      DmBench.class,
      DiveBench.class,
      MeshGrowth.class
    })
public final class Bench {
  private Bench() {}

  /** Runs one measurement and ends the process with its exit code. */
  public static void main(String[] args) {
    Logs.configure(LogFormat.TEXT, Level.WARN);
    System.exit(Skein.commandLine(new Bench()).execute(args));
  }
}
