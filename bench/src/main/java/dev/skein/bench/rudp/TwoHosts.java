package dev.skein.bench.rudp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Two network namespaces with a TUN device each: to the programs inside, two machines. Made and
 * removed by this process; nothing outside them changes.
 */
final class TwoHosts implements AutoCloseable {
  /** The two machines; the addresses exist inside the namespaces only. */
  enum Host {
    SERVER("10.77.0.1"),
    PLAYERS("10.77.0.2");

    final String address;

    Host(String address) {
      this.address = address;
    }

    Host other() {
      return this == SERVER ? PLAYERS : SERVER;
    }

    private String namespace() {
      return NAMESPACE_PREFIX + name().toLowerCase(Locale.ROOT) + "-" + PID;
    }

    private String device() {
      return "skb" + ordinal() + "-" + PID;
    }
  }

  private static final String NAMESPACE_PREFIX = "skein-bench-";
  private static final Path NAMESPACES = Path.of("/run/netns");
  private static final long PID = ProcessHandle.current().pid();
  private static final long COMMAND_SECONDS = 10;

  private final List<Host> made = new ArrayList<>();
  private final List<Tun> devices = new ArrayList<>();
  private boolean closed;

  /**
   * Makes both.
   *
   * @throws IOException if this machine or this user cannot; the message says what is missing
   */
  static TwoHosts open() throws IOException {
    if (!Files.exists(Path.of("/dev/net/tun"))) {
      throw new IOException("needs Linux with TUN devices (/dev/net/tun is missing)");
    }
    removeAbandoned();
    TwoHosts hosts = new TwoHosts();
    try {
      for (Host host : Host.values()) {
        hosts.make(host);
      }
      return hosts;
    } catch (IOException e) {
      hosts.close();
      throw new IOException(
          "needs root, to make two network namespaces of its own (" + e.getMessage() + ")", e);
    }
  }

  /** A run that was killed could not remove its own; the process in their name is gone then. */
  private static void removeAbandoned() throws IOException {
    if (!Files.isDirectory(NAMESPACES)) {
      return;
    }
    try (Stream<Path> all = Files.list(NAMESPACES)) {
      for (Path each : all.toList()) {
        String name = each.getFileName().toString();
        if (name.matches(NAMESPACE_PREFIX + "[a-z]+-\\d+")) {
          long pid = Long.parseLong(name.substring(name.lastIndexOf('-') + 1));
          if (ProcessHandle.of(pid).isEmpty()) {
            run("ip", "netns", "del", name);
          }
        }
      }
    }
  }

  Tun device(Host host) {
    return devices.get(host.ordinal());
  }

  /** Starts a program inside; its standard error is this process's. */
  Process start(Host host, List<String> command) throws IOException {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", host.namespace()));
    inside.addAll(command);
    return new ProcessBuilder(inside).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private void make(Host host) throws IOException {
    run("ip", "netns", "add", host.namespace());
    made.add(host);
    devices.add(Tun.open(host.device()));
    String inside = host.namespace();
    run("ip", "link", "set", host.device(), "netns", inside);
    run("ip", "-n", inside, "link", "set", "lo", "up");
    run(
        "ip",
        "-n",
        inside,
        "addr",
        "add",
        host.address,
        "peer",
        host.other().address,
        "dev",
        host.device());
    run("ip", "-n", inside, "link", "set", host.device(), "mtu", "1500", "up");
  }

  /** Removes devices and namespaces. The programs inside must have ended. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    devices.forEach(Tun::close);
    for (Host host : made) {
      try {
        run("ip", "netns", "del", host.namespace());
      } catch (IOException e) {
        System.err.println("skein bench rudp: " + e.getMessage());
      }
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroy();
        throw new IOException("'" + String.join(" ", command) + "' failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
