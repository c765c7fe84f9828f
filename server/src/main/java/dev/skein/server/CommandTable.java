package dev.skein.server;

import java.util.HashMap;
import java.util.Map;

/** Who handles which command. Filled by one thread, then frozen; after that any thread reads. */
final class CommandTable {
  /** Versions up to this one are Skein's own: 0 core, 1 modules. */
  static final int RESERVED_MAX_VER = 1;

  static final int MODULES_VER = 1;
  private static final int CORE_VER = 0;
  private static final int ECHO = 1;

  private static final Route UNKNOWN = new Route.Unknown();

  private final Map<Integer, Route> routes = new HashMap<>();
  private volatile boolean frozen;

  CommandTable() {
    routes.put(
        key(CORE_VER, ECHO),
        new Route.BuiltIn((user, command, responder) -> responder.ok(command.payload())));
  }

  void addGame(int ver, int cmd, Route route) {
    if (ver >= 0 && ver <= RESERVED_MAX_VER) {
      throw new IllegalArgumentException(
          name(ver, cmd) + " is reserved: ver 0 and 1 are Skein's own");
    }
    add(ver, cmd, route);
  }

  void addBuiltIn(int cmd, Route route) {
    add(MODULES_VER, cmd, route);
  }

  /** From now on nothing is added. */
  void freeze() {
    frozen = true;
  }

  Route find(int ver, int cmd) {
    return routes.getOrDefault(key(ver, cmd), UNKNOWN);
  }

  private void add(int ver, int cmd, Route route) {
    if (ver < 0 || ver > 0xff || cmd < 0 || cmd > 0xffff) {
      throw new IllegalArgumentException(name(ver, cmd) + " is out of range: 0..255, 0..65535");
    }
    if (frozen) {
      throw new IllegalStateException(name(ver, cmd) + " is registered after start");
    }
    if (routes.putIfAbsent(key(ver, cmd), route) != null) {
      throw new IllegalStateException(name(ver, cmd) + " is registered already");
    }
  }

  private static String name(int ver, int cmd) {
    return "command (ver " + ver + ", cmd " + cmd + ")";
  }

  private static int key(int ver, int cmd) {
    return ver << 16 | cmd;
  }
}
