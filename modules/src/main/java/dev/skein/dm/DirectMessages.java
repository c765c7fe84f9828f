package dev.skein.dm;

import dev.skein.module.Hooks;
import dev.skein.protocol.Channel;
import dev.skein.server.CommandException;
import dev.skein.server.Module;
import dev.skein.server.ModuleContext;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The module of direct messages: {@code Server.builder().with(DirectMessages.module())}. Settings
 * and hooks are given before the server starts; after that any thread may call. Settings in the
 * configuration's {@code modules.dm} win over those given in code.
 */
public final class DirectMessages implements Module {
  private final List<DmHooks> hooks = new ArrayList<>();
  private DmSettings settings = DmSettings.DEFAULT;
  private @Nullable Courier courier;

  private DirectMessages() {}

  /** A module with the production settings. */
  public static DirectMessages module() {
    return new DirectMessages();
  }

  /**
   * What holds for all direct messages.
   *
   * @throws IllegalStateException after the server was built
   */
  public DirectMessages settings(DmSettings wanted) {
    checkNotInstalled();
    settings = wanted;
    return this;
  }

  /**
   * Adds hooks; they run in this order.
   *
   * @throws IllegalStateException after the server was built
   */
  public DirectMessages hooks(DmHooks more) {
    checkNotInstalled();
    hooks.add(more);
    return this;
  }

  @Override
  public String name() {
    return "dm";
  }

  @Override
  public void install(ModuleContext context) {
    checkNotInstalled();
    settings = settings.overriddenBy(context.settings());
    Courier installed = new Courier(context, settings, new Hooks<>("dm", hooks));
    courier = installed;
    context.onUserDiscard((user, reason) -> installed.discarded(user));
    context.onUserMove(installed);
    new DmCommands(installed).register(context, settings.exposeCommands());
  }

  /** Sends reliably; see {@link #send(User, String, byte[], Channel)}. */
  public CompletionStage<Void> send(User from, String to, byte[] data) {
    return send(from, to, data, Channel.ordered(0));
  }

  /**
   * Sends a message in the name of a user of this node to a user of any.
   *
   * @return completes when it was handed to the receiver's session; fails with a {@link
   *     CommandException} of a code of {@link dev.skein.protocol.dm.DmCode} or of the game's hooks
   */
  public CompletionStage<Void> send(User from, String to, byte[] data, Channel channel) {
    return courier().send(from, to, data, channel);
  }

  /** Ends a conversation: the peer is told. */
  public CompletionStage<Void> end(User user, String peer) {
    return courier().end(user, peer);
  }

  /** Whom a user has exchanged messages with, those longest ago first. */
  public CompletionStage<List<String>> peers(User user) {
    return courier().peers(user);
  }

  private Courier courier() {
    if (courier == null) {
      throw new IllegalStateException("the module is not part of a started server");
    }
    return courier;
  }

  private void checkNotInstalled() {
    if (courier != null) {
      throw new IllegalStateException("the server is already built");
    }
  }
}
