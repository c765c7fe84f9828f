package dev.skein.cli;

import dev.skein.dive.Dive;
import dev.skein.dive.StorageOptions;
import dev.skein.dm.DirectMessages;
import dev.skein.group.Groups;
import dev.skein.notifier.Notifier;
import dev.skein.room.Rooms;
import dev.skein.server.Module;
import dev.skein.session.Sessions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The modules a node of the command line can have, by the name that switches them on. */
final class KnownModules {
  private static final Map<String, Supplier<Module>> BY_NAME =
      new TreeMap<>(
          Map.of(
              "dive", Dive::module,
              "dm", DirectMessages::module,
              "group", Groups::module,
              "notifier", Notifier::module,
              "room", Rooms::module,
              "session", Sessions::module));

  private KnownModules() {}

  /** A new one of each, for development: Dive with a storage for {@code skein bot dive}. */
  static List<Module> all() {
    StorageOptions bots = StorageOptions.named("bots").toBuilder().exposed(true).build();
    return BY_NAME.values().stream()
        .map(Supplier::get)
        .map(module -> module instanceof Dive dive ? dive.storage(bots) : module)
        .toList();
  }

  /**
   * A new one of this name.
   *
   * @throws Refusal if there is none
   */
  static Module named(String name) {
    Supplier<Module> module = BY_NAME.get(name);
    if (module == null) {
      throw new Refusal(
          "modules." + name + ": there is no such module; known are " + BY_NAME.keySet());
    }
    return module.get();
  }
}
