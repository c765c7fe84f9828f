package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.protocol.Channel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** The users of this node, for a node that is alone and for the others' calls. Any thread. */
record LocalDirectory(
    Users users, Mesh mesh, BiFunction<ConnectedUser, NodeInfo, CompletionStage<Boolean>> mover)
    implements UserDirectory {

  @Override
  public CompletionStage<Optional<Location>> locate(String uid) {
    return CompletableFuture.completedFuture(find(uid));
  }

  @Override
  public CompletionStage<Boolean> push(
      String uid, int ver, int cmd, byte[] payload, Channel channel) {
    checkPush(ver, cmd, payload);
    Optional<User> user = users.find(uid);
    user.ifPresent(found -> found.push(ver, cmd, payload, channel));
    return CompletableFuture.completedFuture(user.isPresent());
  }

  @Override
  public CompletionStage<Boolean> disconnect(String uid, int code, String text) {
    Optional<User> user = users.find(uid);
    user.ifPresent(found -> found.disconnect(code, text));
    return CompletableFuture.completedFuture(user.isPresent());
  }

  @Override
  public CompletionStage<Boolean> move(String uid, String node) {
    Optional<NodeInfo> target = mesh.node(node);
    if (target.isPresent() && users.find(uid).orElse(null) instanceof ConnectedUser user) {
      return mover.apply(user, target.get());
    }
    return CompletableFuture.completedFuture(false);
  }

  /**
   * Checks what is wrong wherever the user is.
   *
   * @throws IllegalArgumentException as {@link User#push} does
   */
  void checkPush(int ver, int cmd, byte[] payload) {
    Messages.checkNumber(ver, cmd);
    users.limits().checkPushPayload(payload.length);
  }

  Optional<Location> find(String uid) {
    return users
        .find(uid)
        .map(user -> new Location(uid, user.sid(), mesh.self().address(), user.role()));
  }
}
