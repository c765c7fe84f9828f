package dev.skein.group;

import dev.skein.protocol.group.GroupCode;
import dev.skein.server.CommandException;

/** Every reason for which a group says no, with its code and text (PROTOCOL §10.2.2). */
final class Refusal {
  private Refusal() {}

  static CommandException notFound() {
    return CommandException.bad(GroupCode.NOT_FOUND, "no such group");
  }

  static CommandException notAMember() {
    return CommandException.bad(GroupCode.NOT_A_MEMBER, "not in this group");
  }

  static CommandException alreadyAMember() {
    return CommandException.bad(GroupCode.ALREADY_A_MEMBER, "already in this group");
  }

  static CommandException tooManyGroups() {
    return CommandException.bad(GroupCode.TOO_MANY_GROUPS, "in too many groups");
  }

  static CommandException noNewGroups(String text) {
    return CommandException.err(GroupCode.NO_NEW_GROUPS, text);
  }

  static CommandException tooLarge(String what) {
    return CommandException.bad(GroupCode.TOO_LARGE, what + " is too large");
  }

  static CommandException closed() {
    return CommandException.bad(GroupCode.CLOSED, "the group is closed");
  }

  static CommandException userGone() {
    return CommandException.bad(GroupCode.USER_GONE, "the user's session has ended");
  }

  static CommandException incomplete() {
    return CommandException.err(GroupCode.INCOMPLETE, "not every node has confirmed the message");
  }

  static CommandException notConfirmed() {
    return CommandException.err(GroupCode.NOT_CONFIRMED, "the message was not confirmed in time");
  }

  static CommandException unreachable() {
    return CommandException.err(GroupCode.UNREACHABLE, "the group's home does not answer");
  }
}
