package dev.skein.simulation;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.server.Command;
import dev.skein.server.User;
import dev.skein.server.UserData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A client of a simulated cluster. Between it and its node nothing is lost; it follows when it is
 * moved to another node.
 */
public final class SimClient {
  private static final int BUILT_IN_VER = 1;
  private static final int REQUEST_ID = 1;

  private final String uid;
  private final String sid;
  private final SimValues data = new SimValues();
  private final List<SimPush> pushes = new ArrayList<>();
  private SimUser user;
  private Optional<CloseReason> closed = Optional.empty();
  private long lastDueNanos;

  SimClient(String uid, String sid, SimNode node, int shard) {
    this.uid = uid;
    this.sid = sid;
    this.user = new SimUser(this, node, node.shards().get(shard));
  }

  public String uid() {
    return uid;
  }

  /** This session. */
  public String sid() {
    return sid;
  }

  /** The node it is connected to now, or was last. */
  public SimNode node() {
    return user.node();
  }

  /** Itself, as its node has it now. */
  public User user() {
    return user;
  }

  public boolean isConnected() {
    return user.isConnected();
  }

  /** Why its session ended, if it has and the client was told. */
  public Optional<CloseReason> closed() {
    return closed;
  }

  /** What it was pushed so far, over moves, in order. */
  public List<SimPush> pushes() {
    return pushes;
  }

  /** The payloads it was pushed under one number of Skein's own. */
  public List<byte[]> pushes(int cmd) {
    return pushes.stream()
        .filter(push -> push.ver() == 1 && push.cmd() == cmd)
        .map(SimPush::payload)
        .toList();
  }

  /** Forgets what it was pushed. */
  public void forget() {
    pushes.clear();
  }

  /** Sends a built-in command; the answer comes as time passes, and never if the node dies. */
  public CompletableFuture<SimAnswer> send(int cmd, byte[] payload) {
    return send(cmd, payload, Channel.ordered(0));
  }

  /** The same on another channel. */
  public CompletableFuture<SimAnswer> send(int cmd, byte[] payload, Channel channel) {
    return send(new Command(BUILT_IN_VER, cmd, REQUEST_ID, payload, channel));
  }

  /** Sends a built-in command that is not answered; nothing happens if it is not connected. */
  public void tell(int cmd, byte[] payload, Channel channel) {
    send(new Command(BUILT_IN_VER, cmd, 0, payload, channel));
  }

  private CompletableFuture<SimAnswer> send(Command command) {
    CompletableFuture<SimAnswer> answer = new CompletableFuture<>();
    if (!isConnected()) {
      answer.completeExceptionally(new IllegalStateException(uid + " is not connected"));
      return answer;
    }
    lastDueNanos = node().cluster().atLeast(lastDueNanos);
    node().cluster().clock().at(lastDueNanos, () -> node().command(user, command, answer));
    return answer;
  }

  /** Logs out. */
  public void leave() {
    node().discard(user, new CloseReason(Code.NONE, "", true));
  }

  UserData data() {
    return data;
  }

  SimUser current() {
    return user;
  }

  void took(SimPush push) {
    pushes.add(push);
  }

  void told(CloseReason reason) {
    closed = Optional.of(reason);
  }

  /** It belongs to another node, or shard, from now on. */
  void settle(SimUser there) {
    user = there;
  }

  @Override
  public String toString() {
    return user.toString();
  }
}
