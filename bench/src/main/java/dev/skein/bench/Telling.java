package dev.skein.bench;

import dev.skein.cli.bot.ReportPrinter;
import picocli.CommandLine.Option;

/** Whom a benchmark tells its result: people, or with {@code --json} programs. */
final class Telling {
  @Option(names = "--json", description = "the result as one JSON object on the last line")
  private boolean json;

  void tell(Record outcome, Runnable inWords) {
    if (json) {
      ReportPrinter.json(outcome, System.out);
    } else {
      inWords.run();
    }
  }
}
