package dev.skein.dm;

import dev.skein.protocol.dm.DmCode;
import dev.skein.server.CommandException;

/** Every reason for which a direct message is not delivered (PROTOCOL §10.2.8). */
final class Refusal {
  private Refusal() {}

  static CommandException offline() {
    return CommandException.bad(DmCode.OFFLINE, "the user is not connected");
  }

  static CommandException tooLarge() {
    return CommandException.bad(DmCode.TOO_LARGE, "the data is too large");
  }

  static CommandException tooManyWaiting() {
    return CommandException.bad(DmCode.TOO_MANY_WAITING, "too many messages wait");
  }

  static CommandException notConfirmed() {
    return CommandException.err(DmCode.NOT_CONFIRMED, "the receiver's node did not answer in time");
  }

  static CommandException unreachable() {
    return CommandException.err(DmCode.UNREACHABLE, "the cluster did not say where the user is");
  }
}
