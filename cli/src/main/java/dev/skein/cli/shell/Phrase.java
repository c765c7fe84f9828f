package dev.skein.cli.shell;

import java.util.concurrent.CompletionStage;

/**
 * Something the user can type.
 *
 * @param name its first word
 * @param usage what follows it
 * @param help one line that says what it does
 * @param action does it
 */
record Phrase(String name, String usage, String help, Action action) {

  /** What a phrase does; the stage gives the line to show, empty for none. */
  @FunctionalInterface
  interface Action {
    CompletionStage<String> run(Words words);
  }

  /** Name and usage. */
  String synopsis() {
    return usage.isEmpty() ? name : name + " " + usage;
  }
}
