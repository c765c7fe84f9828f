package dev.skein.module;

import dev.skein.protocol.Code;
import dev.skein.server.CommandException;

/** Refusals of commands that no client of Skein sends: {@link Code#MALFORMED}. */
public final class Malformed {
  private Malformed() {}

  /** The payload does not decode. */
  public static CommandException payload() {
    return CommandException.bad(Code.MALFORMED, "malformed payload");
  }

  /** A field is out of its range; {@code what} says which and why. */
  public static CommandException field(String what) {
    return CommandException.bad(Code.MALFORMED, what);
  }
}
