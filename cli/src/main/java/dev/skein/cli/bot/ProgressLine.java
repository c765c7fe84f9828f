package dev.skein.cli.bot;

import java.io.Console;
import java.io.PrintStream;

/** A line on the terminal that is written over and over; nothing where there is no terminal. */
public final class ProgressLine {
  private static final String TO_LINE_START_AND_ERASE = "\r\033[K";

  private final PrintStream out;
  private final boolean visible;

  private ProgressLine(PrintStream out, boolean visible) {
    this.out = out;
    this.visible = visible;
  }

  /** On stderr if somebody watches. */
  public static ProgressLine onTerminal() {
    return new ProgressLine(System.err, watched());
  }

  /** True if the process has a terminal that understands more than lines. */
  public static boolean watched() {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }

  /** Replaces the line. */
  public void show(String line) {
    if (visible) {
      out.print(TO_LINE_START_AND_ERASE + line);
      out.flush();
    }
  }

  /** Removes the line. */
  public void clear() {
    show("");
  }
}
