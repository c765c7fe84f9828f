package dev.skein.dm;

import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.dm.DmCmd;
import dev.skein.protocol.dm.DmCode;
import dev.skein.protocol.dm.DmEvent;
import dev.skein.protocol.dm.DmRequest;
import dev.skein.server.Command;
import dev.skein.server.CommandException;
import dev.skein.server.ModuleContext;
import dev.skein.server.Responder;
import dev.skein.server.User;
import java.util.Optional;
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
    Optional<DmRequest> request = DmRequest.decode(command.cmd(), command.payload());
    if (request.isEmpty()) {
      responder.bad(Code.MALFORMED, "malformed payload");
      return;
    }
    switch (request.get()) {
      case DmRequest.Send send -> send(user, command, send, responder);
      case DmRequest.End end ->
          Answers.when(courier.end(user, end.uid()), responder, nothing -> NOTHING);
    }
  }

  private void send(User user, Command command, DmRequest.Send send, Responder responder) {
    CompletableFuture<Void> sent = courier.send(user, send.uid(), send.data(), command.channel());
    if (command.requestId() != 0) {
      Answers.when(sent, responder, nothing -> NOTHING);
      return;
    }
    if (sent.isCompletedExceptionally()) {
      sent.whenComplete((nothing, refused) -> Answers.fail(responder, refused));
      return;
    }
    // Its delivery takes a while; the user's next commands must not wait for it.
    responder.ok();
    sent.whenComplete((nothing, failure) -> {
      if (failure != null) {
        int code =
            Answers.cause(failure) instanceof CommandException refused
                ? refused.code()
                : DmCode.NOT_CONFIRMED;
        byte[] push = Courier.push(new DmEvent.Undelivered(send.uid(), code));
        user.send(push, Channel.ordered(0), 0);
      }
    });
  }
}
