package dev.skein.server;

import dev.skein.protocol.CloseReason;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What the game and its modules want to hear of users, in order of registration. */
final class UserHooks {
  final List<Consumer<User>> onNew = new CopyOnWriteArrayList<>();
  final List<BiConsumer<User, CloseReason>> onDiscard = new CopyOnWriteArrayList<>();
  final List<Parcelling> travellers = new CopyOnWriteArrayList<>();
  final List<Consumer<User>> onKeepAlive = new CopyOnWriteArrayList<>();
  final List<CommandHook.Before> before = new CopyOnWriteArrayList<>();
  final List<CommandHook.After> after = new CopyOnWriteArrayList<>();

  /** A module that sends something along with users who move. */
  record Parcelling(String module, Traveller traveller) {}
}
