package dev.skein.dm;

import dev.skein.module.Answers;
import dev.skein.module.Malformed;
import dev.skein.protocol.Channel;
import dev.skein.protocol.dm.DmCmd;
import dev.skein.protocol.dm.DmCode;
import dev.skein.protocol.dm.DmEvent;
import dev.skein.protocol.dm.DmRequest;
import dev.skein.server.Command;
import dev.skein.server.ModuleContext;
import dev.skein.server.Responder;
import dev.skein.server.User;
import java.util.concurrent.CompletableFuture;

/** The built-in commands of clients (PROTOCOL §10.2.8). Runs on the user's shard. */
final class DmCommands {
  private static final byte[] NOTHING = {};

  private final Courier courier;

  DmCommands(Courier courier) {
    this.courier = courier;
  }

  void register(ModuleContext context, boolean exposed) {
    context.builtIn(DmCmd.SEND, exposed, this::handle);
    context.builtIn(DmCmd.END, exposed, this::handle);
  }

  private void handle(User user, Command command, Responder responder) {
    DmRequest request =
        DmRequest.decode(command.cmd(), command.payload()).orElseThrow(Malformed::payload);
    switch (request) {
      case DmRequest.Send send -> send(user, command, send, responder);
      case DmRequest.End end ->
          Answers.when(courier.end(user, end.uid()), responder, nothing -> NOTHING);
    }
  }

  private void send(User user, Command command, DmRequest.Send send, Responder responder) {
    CompletableFuture<Void> sent = courier.send(user, send.uid(), send.data(), command.channel());
    Answers.confirm(
        sent,
        command,
        responder,
        DmCode.NOT_CONFIRMED,
        code -> {
          byte[] push = Courier.push(new DmEvent.Undelivered(send.uid(), code));
          user.send(push, Channel.ordered(0), 0);
        });
  }
}
