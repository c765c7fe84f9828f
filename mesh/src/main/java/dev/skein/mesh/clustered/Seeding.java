package dev.skein.mesh.clustered;

import dev.skein.mesh.clustered.Stack.Binding;
import dev.skein.mesh.engine.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * Looks, before a node joins, whether anybody is there to be joined: so that a node whose seeds are
 * down waits for them rather than becoming a cluster of its own, and one with a wrong secret is
 * told so. Blocks; one thread.
 */
final class Seeding {
  private static final int KNOCK_LIMIT_MILLIS = 1_000;

  private final ClusterConfig config;
  private final Binding binding;
  private final long startNanos;

  /** What to do now. */
  enum Outlook {
    JOIN,
    FORM_ALONE,
    WAIT
  }

  /**
   * @param seeds where nodes may be, in order
   */
  record Look(Outlook outlook, List<InetSocketAddress> seeds) {}

  private enum Answer {
    SILENCE,
    OPEN,
    OTHER_SECRET
  }

  Seeding(ClusterConfig config, Binding binding, long nowNanos) {
    this.config = config;
    this.binding = binding;
    this.startNanos = nowNanos;
  }

  /** How many seeds this node lets go first. */
  int rank() {
    return rank(seeds());
  }

  /**
   * Looks around.
   *
   * @throws EngineException if the nodes that are there have another secret
   */
  Look look(long nowNanos) {
    List<InetSocketAddress> seeds = seeds();
    if (!knows()) {
      return new Look(Outlook.JOIN, seeds);
    }
    List<Answer> answers = knock(seeds);
    if (answers.contains(Answer.OPEN)) {
      return new Look(Outlook.JOIN, seeds);
    }
    if (answers.contains(Answer.OTHER_SECRET)) {
      throw new EngineException(
          "the cluster at " + seeds + " has another secret than this node; see mesh.secret");
    }
    long waitedMillis = (nowNanos - startNanos) / 1_000_000;
    boolean alone = mayBeSeed() && waitedMillis >= (long) config.seedPatienceMillis() * rank(seeds);
    return new Look(alone ? Outlook.FORM_ALONE : Outlook.WAIT, seeds);
  }

  /** False if the engine asks a table or the process itself, where nobody need be guessed. */
  boolean knows() {
    return switch (config.discovery()) {
      case Discovery.Seeds fixed -> true;
      case Discovery.Dns dns -> true;
      case Discovery.Jdbc jdbc -> false;
      case Discovery.InProcess none -> false;
    };
  }

  private boolean mayBeSeed() {
    return config.discovery() instanceof Discovery.Dns || rank() < seeds().size();
  }

  private int rank(List<InetSocketAddress> seeds) {
    int index = seeds.indexOf(new InetSocketAddress(binding.host(), binding.port()));
    return index < 0 ? seeds.size() : index;
  }

  private List<InetSocketAddress> seeds() {
    return switch (config.discovery()) {
      case Discovery.Seeds fixed ->
          fixed.addresses().stream()
              .map(text -> HostPort.of(text).resolve())
              .filter(address -> !address.isUnresolved())
              .toList();
      case Discovery.Dns dns -> addressesOf(dns.name());
      case Discovery.Jdbc jdbc -> List.of();
      case Discovery.InProcess none -> List.of();
    };
  }

  private List<InetSocketAddress> addressesOf(String name) {
    try {
      return Arrays.stream(InetAddress.getAllByName(name))
          .sorted(Comparator.comparing(InetAddress::getAddress, Arrays::compareUnsigned))
          .map(address -> new InetSocketAddress(address, binding.port()))
          .toList();
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  private List<Answer> knock(List<InetSocketAddress> seeds) {
    InetSocketAddress self = new InetSocketAddress(binding.host(), binding.port());
    List<Callable<Answer>> knocks = new ArrayList<>();
    for (InetSocketAddress seed : seeds) {
      if (!seed.equals(self)) {
        knocks.add(() -> knock(seed));
      }
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> knock : threads.invokeAll(knocks)) {
        answers.add(knock.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted while looking for other nodes", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private Answer knock(InetSocketAddress seed) {
    try (Socket socket = new Socket()) {
      socket.connect(seed, KNOCK_LIMIT_MILLIS);
      if (binding.tls().isEmpty()) {
        return Answer.OPEN;
      }
      socket.setSoTimeout(KNOCK_LIMIT_MILLIS);
      try (SSLSocket secured =
          (SSLSocket)
              binding
                  .tls()
                  .get()
                  .getSocketFactory()
                  .createSocket(socket, seed.getHostString(), seed.getPort(), true)) {
        secured.startHandshake();
      }
      return Answer.OPEN;
    } catch (SSLException e) {
      return e.getCause() instanceof ClusterSecret.OtherSecretException
          ? Answer.OTHER_SECRET
          : Answer.SILENCE;
    } catch (IOException e) {
      return Answer.SILENCE;
    }
  }
}
