package dev.skein.server;

import dev.skein.mesh.MeshNode;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.server.config.Settings.DuplicateLogin;
import dev.skein.server.transport.ConnectionEvents;
import java.time.InstantSource;
import java.util.Map;

/** The part of a node above the transport, on a shard that is the test's own thread. */
final class TestNode {
  static final int QUEUE_MAX_COUNT = 3;
  static final int TIMEOUT_MILLIS = 1_000;
  static final int RUNNING_MAX_COUNT = 2;

  final TestShard shard = new TestShard();
  final CommandTable table = new CommandTable();
  final UserHooks hooks = new UserHooks();
  final Metrics metrics = new Metrics();
  final MeshNode mesh =
      MeshNode.local(
          new NodeInfo("local", 1, "", NodeState.ONLINE, Map.of(), 0, "1", Map.of()),
          MeshSettings.DEFAULTS);
  final Users users;

  TestNode() {
    this(DuplicateLogin.REPLACE);
  }

  TestNode(DuplicateLogin duplicateLogin) {
    Limits limits = new Limits(QUEUE_MAX_COUNT, TIMEOUT_MILLIS, RUNNING_MAX_COUNT, 4, 65_536);
    InstantSource clock = InstantSource.system();
    mesh.start();
    users =
        new Users(
            new Dispatch(table, hooks, limits, metrics, clock),
            hooks,
            limits,
            duplicateLogin,
            mesh,
            metrics,
            clock);
  }

  TestConnection connect(String uid) throws ConnectionEvents.Refused {
    return new TestConnection(shard).open(users, shard, uid);
  }

  User user(String uid) {
    return users.find(uid).orElseThrow();
  }
}
