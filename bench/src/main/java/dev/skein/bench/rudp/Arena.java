package dev.skein.bench.rudp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The two hosts and the wire between them, in which one protocol after the other runs. */
final class Arena implements AutoCloseable {
  /** From the order to start to the first message: enough for both ends to read the order. */
  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int FIRST_PORT = 7_100;
  private static final long EXIT_SECONDS = 5;

  private final Plan plan;
  private final TwoHosts hosts;
  private final LossyWire wire;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private final Thread onInterrupt = new Thread(this::tearDown, "tear-down");
  private int port = FIRST_PORT;
  private boolean closed;

  private Arena(Plan plan, TwoHosts hosts, LossyWire wire) {
    this.plan = plan;
    this.hosts = hosts;
    this.wire = wire;
    Runtime.getRuntime().addShutdownHook(onInterrupt);
  }

  static Arena open(Plan plan, int rttMillis, Optional<PrintWriter> trace) throws IOException {
    TwoHosts hosts = TwoHosts.open();
    LossyWire wire =
        new LossyWire(
            hosts.device(TwoHosts.Host.SERVER),
            hosts.device(TwoHosts.Host.PLAYERS),
            rttMillis,
            trace);
    return new Arena(plan, hosts, wire);
  }

  /** Connects over the undamaged wire, then measures over the lossy one. */
  Outcome run(Protocol protocol, double lossPercent) throws IOException {
    wire.note(protocol.label() + " at " + lossPercent + " % loss");
    wire.lose(0, plan.seed());
    port++;
    Process server = start(TwoHosts.Host.SERVER, "serve", protocol);
    Process players = null;
    try (BufferedReader serverSays = server.inputReader(StandardCharsets.UTF_8)) {
      expect(serverSays, "LISTENING", protocol);
      players = start(TwoHosts.Host.PLAYERS, "play", protocol);
      try (BufferedReader playersSay = players.inputReader(StandardCharsets.UTF_8)) {
        expect(playersSay, "READY", protocol);
        expect(serverSays, "READY", protocol);
        Schedule schedule = plan.startingAt(System.nanoTime() + LEAD_NANOS);
        order(server, schedule);
        order(players, schedule);
        LossyWire.Volume volume = measure(schedule, lossPercent);
        String sent = expect(serverSays, "RESULT ", protocol);
        String arrived = expect(playersSay, "RESULT ", protocol);
        return new Outcome(
            protocol,
            lossPercent,
            plan.messageBytes(),
            Long.parseLong(sent),
            Arrivals.Summary.parse(arrived),
            volume);
      }
    } finally {
      end(server);
      if (players != null) {
        end(players);
      }
    }
  }

  private LossyWire.Volume measure(Schedule schedule, double lossPercent) {
    sleepUntil(schedule.startNanos());
    wire.lose(lossPercent, plan.seed());
    sleepUntil(schedule.measureFromNanos());
    LossyWire.Volume before = wire.volume();
    sleepUntil(schedule.measureToNanos());
    return wire.volume().minus(before);
  }

  private Process start(TwoHosts.Host host, String part, Protocol protocol) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                // Silent libraries: standard output is the peer's voice. A namespace has no
                // hardware address Netty could take its machine id from.
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                "-Dslf4j.internal.verbosity=ERROR",
                "-Dio.netty.machineId=02:00:00:00:00:00:00:01",
                "-cp",
                System.getProperty("java.class.path"),
                Peer.class.getName(),
                part,
                protocol.name(),
                TwoHosts.Host.SERVER.address,
                Integer.toString(port),
                Integer.toString(plan.players()),
                Integer.toString(plan.messageBytes())));
    Process process = hosts.start(host, command);
    running.add(process);
    return process;
  }

  private static String expect(BufferedReader said, String beginning, Protocol protocol)
      throws IOException {
    String line = said.readLine();
    if (line == null || !line.startsWith(beginning)) {
      throw new IOException(
          protocol.label() + " said " + line + " where it should say " + beginning);
    }
    return line.substring(beginning.length());
  }

  private static void order(Process peer, Schedule schedule) throws IOException {
    var orders = peer.outputWriter(StandardCharsets.UTF_8);
    orders.write(schedule.encode() + "\n");
    orders.flush();
  }

  /** Ends a peer by ending its input; by force if that is not enough. */
  private void end(Process peer) {
    try {
      peer.outputWriter(StandardCharsets.UTF_8).close();
      if (!peer.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
        peer.destroyForcibly();
      }
    } catch (IOException e) {
      peer.destroyForcibly();
    } catch (InterruptedException e) {
      peer.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    running.remove(peer);
  }

  @Override
  public void close() {
    tearDown();
    Runtime.getRuntime().removeShutdownHook(onInterrupt);
  }

  private synchronized void tearDown() {
    if (closed) {
      return;
    }
    closed = true;
    for (Process peer : running) {
      peer.destroyForcibly();
      peer.onExit().join();
    }
    wire.close();
    hosts.close();
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
