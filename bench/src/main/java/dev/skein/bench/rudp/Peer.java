package dev.skein.bench.rudp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The process inside one of the two hosts: {@code Peer serve|play PROTOCOL ADDRESS PORT PLAYERS
 * BYTES}. It says {@code READY}, is told a {@link Schedule}, and says {@code RESULT} with what came
 * of it. It ends when its standard input does.
 */
public final class Peer {
  private static final int CONNECT_SECONDS = 20;

  private Peer() {}

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    boolean serves = args[0].equals("serve");
    Protocol protocol = Protocol.valueOf(args[1]);
    InetSocketAddress address = new InetSocketAddress(args[2], Integer.parseInt(args[3]));
    int players = Integer.parseInt(args[4]);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Contender contender = protocol.contender()) {
      if (serves) {
        serve(contender, address, players, orders);
      } else {
        play(contender, address, players, Integer.parseInt(args[5]), orders);
      }
    }
    // Event loops of the contenders' libraries may linger; nothing is left to say.
    System.exit(0);
  }

  private static void serve(
      Contender contender, InetSocketAddress address, int players, BufferedReader orders)
      throws Exception {
    AtomicReferenceArray<Contender.Line> lines = new AtomicReferenceArray<>(players);
    CountDownLatch missing = new CountDownLatch(players);
    contender.serve(
        address,
        (player, line) -> {
          if (lines.getAndSet(player, line) == null) {
            missing.countDown();
          }
        });
    say("LISTENING");
    if (!missing.await(CONNECT_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException(missing.getCount() + " of " + players + " players did not connect");
    }
    say("READY");
    Schedule schedule = Schedule.parse(orders.readLine());
    long sent = 0;
    for (long n = 0; schedule.dueNanos(n) - schedule.endNanos() < 0; n++) {
      long dueNanos = schedule.dueNanos(n);
      sleepUntil(dueNanos);
      int player = (int) (n % players);
      lines
          .get(player)
          .send(Message.of(schedule.messageBytes(), player, (int) (n / players), dueNanos));
      sent += schedule.measured(dueNanos) ? 1 : 0;
    }
    say("RESULT " + sent);
    orders.readLine();
  }

  private static void play(
      Contender contender,
      InetSocketAddress address,
      int players,
      int messageBytes,
      BufferedReader orders)
      throws Exception {
    Relayed relayed = new Relayed();
    contender.play(address, players, messageBytes, relayed);
    say("READY");
    Schedule schedule = Schedule.parse(orders.readLine());
    Arrivals arrivals = new Arrivals(schedule);
    relayed.arrivals = arrivals;
    sleepUntil(schedule.endNanos() + TimeUnit.MILLISECONDS.toNanos(Schedule.STRAGGLERS_MILLIS));
    synchronized (relayed) {
      say("RESULT " + arrivals.summary().encode());
    }
    orders.readLine();
  }

  /** Messages come before the schedule is known only if a contender greets; they do not count. */
  private static final class Relayed implements Contender.OnMessage {
    private volatile Contender.OnMessage arrivals = (buffer, offset) -> {};

    @Override
    public synchronized void received(byte[] buffer, int offset) {
      arrivals.received(buffer, offset);
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
