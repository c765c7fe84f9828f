package dev.skein.group;

import dev.skein.protocol.group.GroupCmd;
import dev.skein.protocol.group.GroupEvent;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.Messages;

/** Encodes a group's events as whole PUSH messages, each once for all receivers of a node. */
final class GroupPush {
  private GroupPush() {}

  static byte[] of(GroupEvent event) {
    PayloadWriter out = new PayloadWriter(Messages.PUSH_HEADER_BYTES);
    event.write(out);
    byte[] message = out.toBytes();
    Messages.pushHeader(message, GroupCmd.VER, event.cmd());
    return message;
  }

  static byte[] of(long group, Utterance said) {
    return of(
        switch (said.kind()) {
          case SAID -> new GroupEvent.Said(group, said.uid(), said.data());
          case ANNOUNCED -> new GroupEvent.Announced(group, said.data());
          case JOINED -> new GroupEvent.Joined(group, said.uid(), said.data());
          case LEFT ->
              new GroupEvent.Left(
                  group,
                  said.uid(),
                  LeaveReason.of(said.reason()).orElse(LeaveReason.LEFT),
                  said.data());
          case CLOSE -> new GroupEvent.Exited(group, LeaveReason.CLOSED, said.data());
        });
  }
}
