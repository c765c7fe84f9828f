package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.room.RoomCode;
import dev.skein.server.CommandException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every reason for which a room says no, with its code and text (PROTOCOL §10.2.1). */
final class Refusal {
  private Refusal() {}

  static CommandException notFound() {
    return CommandException.bad(RoomCode.NOT_FOUND, "no such room");
  }

  static CommandException notAMember() {
    return CommandException.bad(RoomCode.NOT_A_MEMBER, "not in this room");
  }

  static CommandException full() {
    return CommandException.bad(RoomCode.FULL, "the room is full");
  }

  static CommandException alreadyAMember() {
    return CommandException.bad(RoomCode.ALREADY_A_MEMBER, "already in this room");
  }

  static CommandException denied(String text) {
    return CommandException.bad(RoomCode.DENIED, text);
  }

  static CommandException notTheOwner() {
    return CommandException.bad(RoomCode.NOT_THE_OWNER, "only the owner may do this");
  }

  static CommandException noSuchMember() {
    return CommandException.bad(RoomCode.NO_SUCH_MEMBER, "no such member");
  }

  static CommandException tooManyRooms() {
    return CommandException.bad(RoomCode.TOO_MANY_ROOMS, "in too many rooms");
  }

  static CommandException noNewRooms(String text) {
    return CommandException.err(RoomCode.NO_NEW_ROOMS, text);
  }

  static CommandException tooManyReservations() {
    return CommandException.bad(RoomCode.TOO_MANY_RESERVATIONS, "not enough free places");
  }

  static CommandException tooManyProperties() {
    return CommandException.bad(RoomCode.TOO_MANY_PROPERTIES, "too many properties");
  }

  static CommandException tooManyObjects() {
    return CommandException.bad(RoomCode.TOO_MANY_OBJECTS, "too many objects");
  }

  static CommandException tooLarge(String what) {
    return CommandException.bad(RoomCode.TOO_LARGE, what + " is too large");
  }

  static CommandException wrongType(String text) {
    return CommandException.bad(RoomCode.WRONG_TYPE, text);
  }

  static CommandException closed() {
    return CommandException.bad(RoomCode.CLOSED, "the room is closed");
  }

  static CommandException userGone() {
    return CommandException.bad(RoomCode.USER_GONE, "the user's session has ended");
  }

  /** The text is the mesh address of the node where the room lives now. */
  static CommandException moved(String host) {
    return CommandException.err(RoomCode.MOVED, host);
  }

  /** Where the room lives now, if that is why it has failed. */
  static Optional<String> movedTo(@Nullable Throwable failure) {
    return Answers.cause(failure) instanceof CommandException refused
            && refused.code() == RoomCode.MOVED
        ? Optional.ofNullable(refused.getMessage())
        : Optional.empty();
  }

  static CommandException missedTooMuch() {
    return CommandException.bad(RoomCode.MISSED_TOO_MUCH, "what was missed is not there any more");
  }

  static CommandException unreachable() {
    return CommandException.err(RoomCode.UNREACHABLE, "the room's node does not answer");
  }
}
