package dev.skein.server;

import dev.skein.server.cluster.UserEntry;

/** Sees to it that a uid has one session in the cluster. Any thread may call, nothing blocks. */
interface UidRegister {
  /** For a node that is alone: who is its uid's only one on the node is so everywhere. */
  UidRegister ALONE =
      new UidRegister() {
        @Override
        public void claim(ConnectedUser user) {
          user.open();
        }

        @Override
        public void moved(ConnectedUser user) {}

        @Override
        public void release(ConnectedUser user) {}
      };

  /**
   * A session asks for its uid. What follows, on the user's shard, is {@link ConnectedUser#open},
   * when all other sessions of the uid have ended, or the end of its connection.
   */
  void claim(ConnectedUser user);

  /** A session is on this node now (again): it came from another, or stayed after all. */
  void moved(ConnectedUser user);

  /** A session that asked has ended here, whatever the answer was or will be. */
  void release(ConnectedUser user);

  /** The entry of a user of this node. */
  static UserEntry entry(ConnectedUser user, String node, long nodeId) {
    return new UserEntry(node, nodeId, user.sid(), user.role().name());
  }
}
