package dev.skein.group;

import dev.skein.module.Answers;
import dev.skein.module.Malformed;
import dev.skein.protocol.Channel;
import dev.skein.protocol.group.GroupCmd;
import dev.skein.protocol.group.GroupCode;
import dev.skein.protocol.group.GroupEvent;
import dev.skein.protocol.group.GroupReply;
import dev.skein.protocol.group.GroupRequest;
import dev.skein.protocol.group.GroupWire;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.server.Command;
import dev.skein.server.ModuleContext;
import dev.skein.server.Responder;
import dev.skein.server.User;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The built-in commands of clients (PROTOCOL §10.2.2). Runs on the user's shard. */
final class GroupCommands {
  private static final byte[] NOTHING = {};

  private final Groups groups;

  GroupCommands(Groups groups) {
    this.groups = groups;
  }

  void register(ModuleContext context, boolean exposed) {
    context.builtIn(GroupCmd.BROADCAST, exposed, this::broadcast);
    for (int cmd = GroupCmd.CREATE; cmd <= GroupCmd.LIST; cmd++) {
      if (cmd != GroupCmd.BROADCAST) {
        context.builtIn(cmd, exposed, this::handle);
      }
    }
  }

  private void broadcast(User user, Command command, Responder responder) {
    PayloadReader in = new PayloadReader(command.payload());
    long group = in.varint();
    byte[] data = in.rest();
    if (!in.ok()) {
      throw Malformed.payload();
    }
    CompletableFuture<Void> said =
        groups.node().entrance().broadcast(group, user, data, command.channel());
    Answers.confirm(
        said,
        command,
        responder,
        GroupCode.NOT_CONFIRMED,
        code -> undelivered(user, group, command.channel(), code));
  }

  private static void undelivered(User user, long group, Channel over, int code) {
    Channel channel = over.kind() == Channel.Kind.ORDERED ? over : Channel.ordered(0);
    user.send(GroupPush.of(new GroupEvent.Undelivered(group, code)), channel, 0);
  }

  private void handle(User user, Command command, Responder responder) {
    GroupRequest request =
        GroupRequest.decode(command.cmd(), command.payload()).orElseThrow(Malformed::payload);
    switch (request) {
      case GroupRequest.Create create -> create(user, create, responder);
      case GroupRequest.Join join ->
          Answers.when(
              groups.joined(join.groupId(), user, join.message()),
              responder,
              group -> entry(group, false));
      case GroupRequest.JoinRandom join -> joinRandom(user, join, responder);
      case GroupRequest.Leave leave ->
          Answers.when(
              groups.node().entrance().leave(leave.group(), user, leave.message()),
              responder,
              nothing -> NOTHING);
      case GroupRequest.Stat stat -> stat(stat, responder);
      case GroupRequest.ListOwn own -> responder.ok(own(user).encode());
    }
  }

  private void create(User user, GroupRequest.Create create, Responder responder) {
    GroupOptions options = groups.agreed(user, groups.optionsFor(create.terms()));
    Charter charter = Charter.made(groups.newNumber(), options);
    Answers.when(
        create.join() ? groups.makeAndJoin(charter, user, create.message()) : groups.make(charter),
        responder,
        group -> entry(group, true));
  }

  private void joinRandom(User user, GroupRequest.JoinRandom join, Responder responder) {
    GroupOptions wanted = groups.optionsFor(join.terms());
    Optional<GroupOptions> toMake =
        join.create()
            ? Optional.of(groups.agreed(user, wanted).toBuilder().registered(true).build())
            : Optional.empty();
    Answers.when(
        groups.random(wanted.type(), toMake, user, join.message()),
        responder,
        entry -> entry(entry.group(), entry.created()));
  }

  private void stat(GroupRequest.Stat stat, Responder responder) {
    GroupNode.Target target = groups.target(stat.groupId()).orElseThrow(Refusal::notFound);
    Answers.when(
        groups.node().stat(target.number()),
        responder,
        numbers -> new GroupReply.Stat(numbers).encode());
  }

  private GroupReply own(User user) {
    Map<Long, String> own = new LinkedHashMap<>();
    for (Charter charter : groups.node().entrance().of(user)) {
      if (own.size() < GroupWire.LIST_MAX_COUNT) {
        own.put(charter.number(), charter.id());
      }
    }
    return new GroupReply.Own(own);
  }

  private static byte[] entry(Group group, boolean created) {
    return new GroupReply.Entry(group.charter().number(), created, group.id()).encode();
  }
}
