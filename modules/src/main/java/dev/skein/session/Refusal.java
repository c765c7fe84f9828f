package dev.skein.session;

import dev.skein.protocol.party.PartyCode;
import dev.skein.server.CommandException;

/** Every reason for which a session says no, with its code and text (PROTOCOL §10.2.3). */
final class Refusal {
  private Refusal() {}

  static CommandException notFound() {
    return CommandException.bad(PartyCode.NOT_FOUND, "no such session");
  }

  static CommandException notAMember() {
    return CommandException.bad(PartyCode.NOT_A_MEMBER, "not in this session");
  }

  static CommandException full() {
    return CommandException.bad(PartyCode.FULL, "the session is full");
  }

  static CommandException alreadyAMember() {
    return CommandException.bad(
        PartyCode.ALREADY_A_MEMBER, "already in a session of this type, or joining one");
  }

  static CommandException notTheOwner() {
    return CommandException.bad(PartyCode.NOT_THE_OWNER, "only the owner may do this");
  }

  static CommandException noSuchMember() {
    return CommandException.bad(PartyCode.NO_SUCH_MEMBER, "no such member");
  }

  static CommandException notInvited() {
    return CommandException.bad(PartyCode.NOT_INVITED, "not invited");
  }

  static CommandException noNewSessions() {
    return CommandException.err(PartyCode.NO_NEW_SESSIONS, "the node takes no new sessions");
  }

  static CommandException tooManyInvitations() {
    return CommandException.bad(PartyCode.TOO_MANY_INVITATIONS, "too many invitations are open");
  }

  static CommandException tooManyProperties() {
    return CommandException.bad(PartyCode.TOO_MANY_PROPERTIES, "too many properties");
  }

  static CommandException tooLarge(String what) {
    return CommandException.bad(PartyCode.TOO_LARGE, what + " is too large");
  }

  static CommandException wrongType(String text) {
    return CommandException.bad(PartyCode.WRONG_TYPE, text);
  }

  static CommandException userGone() {
    return CommandException.bad(PartyCode.USER_GONE, "the user's session has ended");
  }

  static CommandException unavailable(String why) {
    return CommandException.err(PartyCode.UNAVAILABLE, "the session cannot be reached: " + why);
  }
}
