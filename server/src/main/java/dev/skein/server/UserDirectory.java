package dev.skein.server;

import dev.skein.protocol.Channel;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The users of the whole cluster: where each is connected, and calls to them there. Any thread may
 * call, nothing blocks. A call fails with {@link dev.skein.mesh.MeshException.NetworkFailed} if the
 * cluster does not answer in time.
 */
public interface UserDirectory {

  /** Where a uid is connected, detached sessions included; empty if it is not. */
  CompletionStage<Optional<Location>> locate(String uid);

  /**
   * Sends a PUSH to a user on any node.
   *
   * @return false if the uid is not connected
   */
  CompletionStage<Boolean> push(String uid, int ver, int cmd, byte[] payload, Channel channel);

  /**
   * Ends a user's session on any node; the client is told code and text.
   *
   * @return false if the uid is not connected
   */
  CompletionStage<Boolean> disconnect(String uid, int code, String text);

  /**
   * Moves a user to another node: same sid, same data, no module sees a leave, reliable messages
   * are neither lost nor doubled.
   *
   * @param node the mesh address of the node that takes it
   * @return true when the client has arrived; false if it is not connected, or stayed because the
   *     other node refused it or the client did not come
   */
  CompletionStage<Boolean> move(String uid, String node);

  /**
   * Where a user is connected.
   *
   * @param node the node's mesh address
   */
  record Location(String uid, String sid, String node, Role role) {}
}
