package dev.skein.dive;

import dev.skein.protocol.dive.DiveCode;
import dev.skein.server.CommandException;

/** Every reason for which a storage says no, with its code and text (PROTOCOL §10.2.6). */
final class Refusal {
  private Refusal() {}

  static CommandException notFound(String storage) {
    return CommandException.bad(DiveCode.NOT_FOUND, "no storage " + storage);
  }

  static CommandException wrongType(String text) {
    return CommandException.bad(DiveCode.WRONG_TYPE, text);
  }

  static CommandException tooLarge(String what) {
    return CommandException.bad(DiveCode.TOO_LARGE, what + " is too large");
  }

  static CommandException outOfRange() {
    return CommandException.bad(DiveCode.OUT_OF_RANGE, "the sum does not fit into 64 bits");
  }

  static CommandException unavailable(String why) {
    return CommandException.err(DiveCode.UNAVAILABLE, "the storage cannot be reached: " + why);
  }
}
