package dev.skein.bench;

import dev.skein.bench.rudp.RudpBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code skein bench}: measurements, none of them part of the build. */
@Command(
    name = "skein bench",
    mixinStandardHelpOptions = true,
    description = "Measures Skein, alone and beside others.",
    subcommands = {RudpBench.class})
public final class Bench implements Runnable {
  @Spec private CommandSpec spec;

  private Bench() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Bench()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "what is to be measured is missing");
  }
}
