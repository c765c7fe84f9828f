package dev.skein.bench.jmh;

import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code skein bench jmh}. */
@Command(
    name = "jmh",
    mixinStandardHelpOptions = true,
    description = "Measures single operations: codec, seal and open, acks, command dispatch.")
public final class JmhBench implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "PATTERN",
      description = "a regular expression; benchmarks whose name it matches run (default all)")
  private String pattern = ".*";

  @Option(names = "--forks", description = "JVMs for each benchmark (default 1)")
  private int forks = 1;

  @Option(names = "--iterations", description = "measured seconds in each JVM (default 5)")
  private int iterations = 5;

  @Option(names = "--allocations", description = "also measure bytes allocated per operation")
  private boolean allocations;

  @Override
  public Integer call() throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(pattern)
            .forks(forks)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(iterations)
            .measurementTime(TimeValue.seconds(1));
    if (allocations) {
      options.addProfiler(GCProfiler.class);
    }
    new Runner(options.build()).run();
    return 0;
  }
}
