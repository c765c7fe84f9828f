package dev.skein.cli;

/**
 * Ends a command with one clear line on stderr and exit code 2: a bad option, a bad configuration,
 * a port in use.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The line; for people. */
  public Refusal(String line) {
    super(line, null, false, false);
  }
}
