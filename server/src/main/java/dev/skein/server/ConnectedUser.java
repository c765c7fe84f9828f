package dev.skein.server;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.packet.Varint;
import dev.skein.protocol.session.FrameBatch;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.server.transport.Connection;
import dev.skein.server.transport.ConnectionEvents;
import dev.skein.server.transport.LiveConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A user and its commands: one is handled at a time, the others wait in order. Confined to its
 * shard; the methods of {@link User} hand over to it from other threads. Kept small: an idle user
 * owns no queue, map or timer.
 */
final class ConnectedUser implements User, ConnectionEvents.Events {
  private static final Command NO_COMMAND = new Command(0, 0, 0, new byte[0], Channel.ordered(0));

  private enum Phase {
    /** A former session of the same uid on this node must end first. */
    WAITING,
    /** It asked the cluster for its uid. */
    CLAIMING,
    OPEN,
    /** On the way to another node, or from one: commands wait. */
    MOVING,
    ENDED
  }

  private final Users users;
  private final Shard shard;

  /** Changes, on the shard, when the session leaves for another node or arrives from one. */
  private volatile Connection connection;

  private final String uid;
  private final String sid;

  /** How often the session has moved. */
  private final int life;

  private @Nullable volatile UserValues data;
  private volatile Phase phase = Phase.WAITING;
  private @Nullable Handling handling;
  private @Nullable ArrayDeque<Command> waiting;
  private @Nullable Runnable successor;
  private @Nullable Runnable whenIdle;
  private boolean released;
  private boolean detached;

  ConnectedUser(Users users, Connection connection, ConnectionEvents.Identity identity) {
    this(users, connection, identity, 0);
  }

  private ConnectedUser(
      Users users, Connection connection, ConnectionEvents.Identity identity, int life) {
    this.life = life;
    this.users = users;
    this.shard = connection.shard();
    this.connection = connection;
    this.uid = identity.uid();
    this.sid = identity.sid();
  }

  /** One that comes from another node, with its data and the commands that wait. */
  ConnectedUser(
      Users users,
      Connection expected,
      ConnectionEvents.Identity identity,
      int life,
      Map<String, Object> values,
      List<Command> commands) {
    this(users, expected, identity, life);
    this.phase = Phase.MOVING;
    values.forEach(data()::set);
    this.waiting = commands.isEmpty() ? null : new ArrayDeque<>(commands);
    this.detached = true;
    users.detached(1);
  }

  // --- What the game sees ---

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public String sid() {
    return sid;
  }

  @Override
  public Role role() {
    return connection.role();
  }

  @Override
  public UserData data() {
    UserValues existing = data;
    return existing != null ? existing : createData();
  }

  private synchronized UserData createData() {
    UserValues values = data;
    if (values == null) {
      values = new UserValues(users.limits().userDataMaxKeys());
      data = values;
    }
    return values;
  }

  @Override
  public Shard shard() {
    return shard;
  }

  @Override
  public void push(int ver, int cmd, byte[] payload, Channel channel) {
    users.limits().checkPushPayload(payload.length);
    send(Messages.push(ver, cmd, payload), channel, 0);
  }

  @Override
  public void send(byte[] message, Channel channel, long conflationKey) {
    if (shard.isCurrent()) {
      connection.send(channel, conflationKey, message, 0, message.length);
    } else {
      shard.execute(() -> connection.send(channel, conflationKey, message, 0, message.length));
    }
  }

  @Override
  public void send(FrameBatch batch) {
    if (connection.shard().isCurrent()) {
      connection.send(batch);
    } else {
      connection.shard().execute(() -> connection.send(batch));
    }
  }

  @Override
  public void disconnect(int code, String text) {
    shard.execute(() -> connection.close(code, text));
  }

  @Override
  public Duration rtt() {
    return Duration.ofNanos(connection.smoothedRttNanos());
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return connection.remoteAddress();
  }

  @Override
  public boolean isConnected() {
    return phase != Phase.ENDED;
  }

  /** True for a user whose commands are handled. Any thread. */
  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  @Override
  public String toString() {
    return uid;
  }

  // --- Life ---

  /** The user is its uid's only one on this node now. */
  void claim() {
    if (phase == Phase.ENDED) {
      release();
      return;
    }
    phase = Phase.CLAIMING;
    users.register().claim(this);
  }

  /** The user is its uid's only one anywhere now. */
  void open() {
    if (phase == Phase.ENDED) {
      // It was given its uid after it had given it back.
      users.register().release(this);
      return;
    }
    phase = Phase.OPEN;
    users.opened(this);
    handleWaiting();
  }

  /** Ends this session because the same uid logged in again, then lets the other one go on. */
  void replaceBy(Runnable next) {
    Runnable before = successor;
    successor =
        before == null
            ? next
            : () -> {
              before.run();
              next.run();
            };
    if (released) {
      release();
    } else if (phase != Phase.ENDED) {
      connection.close(Code.REPLACED, "the same uid logged in elsewhere");
    }
  }

  @Override
  public void onKeepAlive() {
    if (phase == Phase.OPEN) {
      users.keptAlive(this);
    }
  }

  @Override
  public void onDetached() {
    if (!detached && phase != Phase.ENDED) {
      detached = true;
      users.detached(1);
    }
  }

  @Override
  public void onResumed() {
    leaveDetached();
  }

  private void leaveDetached() {
    if (detached) {
      detached = false;
      users.detached(-1);
    }
  }

  @Override
  public void onClosed(CloseReason reason) {
    if (connection instanceof DepartedConnection departed) {
      departed.onClosed(reason);
      return;
    }
    Phase before = phase;
    if (before == Phase.ENDED) {
      return;
    }
    leaveDetached();
    phase = Phase.ENDED;
    waiting = null;
    Handling current = handling;
    handling = null;
    if (current != null) {
      current.abandon();
    }
    users.closed(this, reason, before == Phase.OPEN || before == Phase.MOVING);
    if (before != Phase.WAITING) {
      users.register().release(this);
      release();
    }
  }

  private void release() {
    released = true;
    Runnable next = successor;
    successor = null;
    if (next != null) {
      next.run();
    }
  }

  // --- Moving to another node ---

  /**
   * From now on commands wait.
   *
   * @param idle run once, when the command being handled is done
   * @return the connection to freeze then; empty if the user cannot move now
   */
  Optional<LiveConnection> beginMove(Runnable idle) {
    if (phase != Phase.OPEN || !(connection instanceof LiveConnection live) || !live.isAttached()) {
      return Optional.empty();
    }
    phase = Phase.MOVING;
    whenIdle = idle;
    runWhenIdle();
    return Optional.of(live);
  }

  private void runWhenIdle() {
    Runnable idle = whenIdle;
    if (phase == Phase.MOVING && handling == null && idle != null) {
      whenIdle = null;
      idle.run();
    }
  }

  /** True from {@link #beginMove} until the user stays, has left or has ended. */
  boolean isMoving() {
    return phase == Phase.MOVING;
  }

  /** What is sent from now on goes after the session, or waits until it is known where to. */
  void depart(DepartedConnection departed) {
    connection = departed;
  }

  /** The user does not move after all, or has arrived: goes on, with this connection. */
  void goOn(Connection with) {
    connection = with;
    if (phase == Phase.MOVING) {
      phase = Phase.OPEN;
      whenIdle = null;
      leaveDetached();
      users.register().moved(this);
    }
  }

  /** Handles what waited during the move. */
  void catchUp() {
    handleWaiting();
  }

  /** The user lives on another node now; nobody here is told that it has gone. */
  void departed() {
    leaveDetached();
    phase = Phase.ENDED;
    waiting = null;
    whenIdle = null;
    users.departed(this);
    users.register().release(this);
    release();
  }

  Connection connection() {
    return connection;
  }

  /** How often this session had moved when the user came here; with the sid, which life it is. */
  int life() {
    return life;
  }

  boolean isLife(String ofSid, int number) {
    return sid.equals(ofSid) && life == number;
  }

  List<Command> waitingCommands() {
    return waiting == null ? List.of() : List.copyOf(waiting);
  }

  Map<String, Object> values() {
    UserValues values = data;
    return values == null ? Map.of() : values.snapshot();
  }

  // --- Commands ---

  @Override
  public void onMessage(Channel channel, byte[] buffer, int offset, int length) {
    Command command = decode(channel, buffer, offset, length);
    if (command == null) {
      return;
    }
    if (phase == Phase.OPEN && handling == null && waiting == null) {
      users.dispatch().handle(this, command);
    } else if (phase != Phase.ENDED) {
      await(command);
    }
  }

  @Override
  public void onTooMany(Channel channel, byte[] buffer, int offset, int length) {
    Command command = decode(channel, buffer, offset, length);
    if (command != null) {
      users.dispatch().answer(this, command, Status.BAD, Code.TOO_MANY, "too many commands");
    }
  }

  /** PROTOCOL §10: what is no COMMAND is answered BAD. */
  private @Nullable Command decode(Channel channel, byte[] buffer, int offset, int length) {
    int payload = Messages.payloadOffset(buffer, offset, length);
    if (payload < 0) {
      users.dispatch().malformed();
      respond(
          Messages.failure(NO_COMMAND, Status.BAD, Code.MALFORMED, "not a command"),
          Channel.ordered(0));
      return null;
    }
    return new Command(
        buffer[payload - 3] & 0xff,
        (buffer[payload - 2] & 0xff) << 8 | buffer[payload - 1] & 0xff,
        Varint.read(buffer, offset + 1),
        Arrays.copyOfRange(buffer, payload, offset + length),
        channel);
  }

  private void await(Command command) {
    ArrayDeque<Command> queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      waiting = queue;
    }
    if (queue.size() >= users.limits().commandQueueMaxCount()) {
      users.dispatch().answer(this, command, Status.BAD, Code.TOO_MANY, "too many commands wait");
    } else {
      queue.add(command);
    }
  }

  /** The command being handled is not answered yet; the others wait for {@link #handled}. */
  void handling(Handling now) {
    handling = now;
  }

  /** True if this is the command the others wait for. */
  boolean isHandling(Handling one) {
    return handling == one;
  }

  void handled() {
    handling = null;
    runWhenIdle();
    handleWaiting();
  }

  private void handleWaiting() {
    while (phase == Phase.OPEN && handling == null && waiting != null) {
      Command next = waiting.poll();
      if (next == null) {
        waiting = null;
      } else {
        users.dispatch().handle(this, next);
      }
    }
  }

  SendResult respond(byte[] message, Channel channel) {
    return connection.send(channel, 0, message, 0, message.length);
  }
}
