package dev.skein.server;

import dev.skein.mesh.MeshNode;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.protocol.Channel;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionStats;
import dev.skein.server.config.Settings.DuplicateLogin;
import dev.skein.server.transport.Connection;
import dev.skein.server.transport.ConnectionEvents;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * From the bytes of a command to the bytes of its response, without a socket. In the server's
 * package because what it measures is not public.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls prepare() and sets parameters first
public class DispatchBenchmark {
  private static final int GAME = 2;
  private static final int ON_SHARD = 10;
  private static final int ON_VIRTUAL_THREAD = 11;
  private static final int PAYLOAD_BYTES = 64;

  /** A shard that is the benchmark's own thread. */
  private static final class OwnThread implements Shard {
    final Thread thread = Thread.currentThread();
    final LinkedBlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();

    @Override
    public int index() {
      return 0;
    }

    @Override
    public boolean isCurrent() {
      return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
      if (isCurrent()) {
        task.run();
      } else {
        posted.add(task);
      }
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
      if (delayMillis == 0) {
        posted.add(task);
      }
      // Later is never: what has a delay here is a timeout, and nothing times out.
      return () -> {};
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }
  }

  /** A connection that counts what is sent on it. */
  private static final class Counted implements Connection {
    final Shard shard;
    long sent;

    Counted(Shard shard) {
      this.shard = shard;
    }

    @Override
    public long id() {
      return 1;
    }

    @Override
    public Shard shard() {
      return shard;
    }

    @Override
    public Role role() {
      return Role.UDP;
    }

    @Override
    public SendResult send(
        Channel channel, long conflationKey, byte[] message, int offset, int length) {
      sent++;
      return SendResult.ACCEPTED;
    }

    @Override
    public void close(int code, String text) {
      throw new IllegalStateException("closed: " + code + " " + text);
    }

    @Override
    public long smoothedRttNanos() {
      return 0;
    }

    @Override
    public SessionStats stats() {
      return new SessionStats(0, sent, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public InetSocketAddress remoteAddress() {
      return new InetSocketAddress("127.0.0.1", 1);
    }
  }

  private OwnThread shard;
  private Counted connection;
  private ConnectionEvents.Events user;

  /** Connects one user to a node with two handlers. */
  @Setup
  public void prepare() throws Exception {
    CommandTable table = new CommandTable();
    CommandHandler echo = (from, command) -> command.payload();
    table.addGame(GAME, ON_SHARD, new Route.OnShard(List.of(echo)));
    table.addGame(GAME, ON_VIRTUAL_THREAD, new Route.Blocking(List.of(echo)));
    InstantSource clock = InstantSource.system();
    Limits limits = new Limits(64, 10_000, 10_000, 64, 65_536);
    UserHooks hooks = new UserHooks();
    Metrics metrics = new Metrics();
    Users users =
        new Users(
            new Dispatch(table, hooks, limits, metrics, clock),
            hooks,
            limits,
            DuplicateLogin.REPLACE,
            MeshNode.local(
                new NodeInfo("local", 1, "", NodeState.ONLINE, Map.of(), 0, "1", Map.of()),
                MeshSettings.DEFAULTS),
            metrics,
            clock);
    shard = new OwnThread();
    connection = new Counted(shard);
    user = users.onOpen(connection, new ConnectionEvents.Identity("alice", "0"));
    for (Runnable task = shard.posted.poll(); task != null; task = shard.posted.poll()) {
      task.run();
    }
  }

  @Benchmark
  public long onShard() throws InterruptedException {
    return answer(ON_SHARD);
  }

  /** One at a time: the cost of a thread of its own and of two hand-overs. */
  @Benchmark
  public long onVirtualThread() throws InterruptedException {
    return answer(ON_VIRTUAL_THREAD);
  }

  private long answer(int cmd) throws InterruptedException {
    long answered = connection.sent + 1;
    byte[] message = new byte[5 + PAYLOAD_BYTES];
    message[0] = 1;
    message[1] = 7;
    message[2] = GAME;
    message[4] = (byte) cmd;
    user.onMessage(Channel.ordered(0), message, 0, message.length);
    while (connection.sent < answered) {
      shard.posted.take().run();
    }
    return connection.sent;
  }
}
