package dev.skein.dive;

import dev.skein.module.Answers;
import dev.skein.module.Hooks;
import dev.skein.module.Malformed;
import dev.skein.protocol.dive.DiveCmd;
import dev.skein.protocol.dive.DiveRequest;
import dev.skein.server.Command;
import dev.skein.server.ModuleContext;
import dev.skein.server.Responder;
import dev.skein.server.User;
import java.util.List;
import java.util.function.Function;

/** The built-in commands of clients (PROTOCOL §10.2.6). Runs on the user's shard. */
final class DiveCommands {
  private final Dive dive;
  private final Hooks<DiveHooks> hooks;

  DiveCommands(Dive dive, List<DiveHooks> hooks) {
    this.dive = dive;
    this.hooks = new Hooks<>("dive", hooks);
  }

  void register(ModuleContext context, boolean exposed) {
    for (int cmd = DiveCmd.GET; cmd <= DiveCmd.RANGE; cmd++) {
      context.builtIn(cmd, exposed, this::handle);
    }
  }

  private void handle(User user, Command command, Responder responder) {
    DiveRequest request =
        DiveRequest.decode(command.cmd(), command.payload()).orElseThrow(Malformed::payload);
    Storage storage =
        dive.find(request.storage())
            .filter(found -> found.options().exposed())
            .orElseThrow(() -> Refusal.notFound(request.storage()));
    hooks.ask(
        hook -> hook.beforeCommand(user, request.storage(), request.key(), request.operation()));
    Answers.when(storage.run(request.key(), request.operation()), responder, Function.identity());
  }
}
