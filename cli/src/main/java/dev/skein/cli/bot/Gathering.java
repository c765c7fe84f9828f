package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.client.ClientLoop;
import dev.skein.client.LoginRefused;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.Transport;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects the bots of a plan and brings them to their places. One thread; it blocks. */
public final class Gathering {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration PAUSE_BEFORE_RETRY = Duration.ofMillis(200);

  /** Where nodes may be killed: half a minute of attempts to come back. */
  private static final ReconnectPolicy PATIENT = new ReconnectPolicy(100, 1_000, 0.5, 40);

  private static final int LOGIN_ATTEMPTS_MAX = 100;
  private static final int CONNECT_ATTEMPTS_MAX = 3;
  private static final int WAVE_BOTS = 500;
  private static final int TOO_MANY_REQUESTS = 429;

  private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);

  private final BotPlan plan;
  private final int run = ThreadLocalRandom.current().nextInt();
  private final Tally tally = new Tally();
  private int loopCount = 1;
  private boolean busyPoll;
  private Phases phases = Phases.SHUFFLED;

  private Gathering(BotPlan plan) {
    this.plan = plan;
  }

  public static Gathering of(BotPlan plan) {
    return new Gathering(plan);
  }

  /** How many loops (threads) the bots live on; default 1. */
  public Gathering loops(int count) {
    this.loopCount = count;
    return this;
  }

  /**
   * Whether the loops never sleep and the bots speak from them: a core each for the truest
   * measurement. Default false.
   */
  public Gathering busyPoll(boolean spin) {
    this.busyPoll = spin;
    return this;
  }

  /** In which order the bots speak; default {@link Phases#SHUFFLED}. */
  public Gathering phases(Phases order) {
    this.phases = order;
    return this;
  }

  /**
   * Connects everyone; those who cannot in three attempts are left out.
   *
   * @throws IllegalStateException if nobody can
   */
  public Crowd gather() {
    List<ClientLoop> loops =
        IntStream.range(0, loopCount)
            .mapToObj(i -> ClientLoop.builder().name("bots-" + i).busyPoll(busyPoll).start())
            .toList();
    List<Client> clients = connect(loops);
    List<Bot> bots =
        switch (plan.scene()) {
          case ECHO -> echoes(clients);
          case ROOM -> inRooms(clients);
          case ROOM_CHECK -> new Places(plan, run, tally).inCheckedRooms(clients);
          case GROUP -> new Places(plan, run, tally).inGroups(clients);
          case DM -> new Places(plan, run, tally).inPairs(clients);
          case SESSION -> inSessions(clients);
          case DIVE -> divers(clients);
        };
    return new Crowd(plan, run, bots, tally, loops, busyPoll, phases);
  }

  private List<Client> connect(List<ClientLoop> loops) {
    List<Client> connected = new ArrayList<>();
    RuntimeException lastFailure = new IllegalStateException("no bot could connect");
    for (int first = 0; first < plan.bots(); first += WAVE_BOTS) {
      int wave = Math.min(WAVE_BOTS, plan.bots() - first);
      List<CompletableFuture<Client>> connecting =
          IntStream.range(first, first + wave)
              .mapToObj(number -> connect(number, loops, 1))
              .toList();
      for (CompletableFuture<Client> each : connecting) {
        try {
          connected.add(each.join());
        } catch (CompletionException | CancellationException e) {
          lastFailure = new IllegalStateException("a bot could not connect: " + reason(e), e);
          LOG.warn("{}", lastFailure.getMessage());
        }
      }
    }
    if (connected.isEmpty()) {
      loops.forEach(ClientLoop::close);
      throw lastFailure;
    }
    return connected;
  }

  private CompletableFuture<Client> connect(int number, List<ClientLoop> loops, int attempt) {
    List<Transport> transports = plan.transports();
    // A whole room lives on one loop, so that its members hear each other on one thread.
    ClientLoop loop = loops.get(number / plan.roomSize() % loops.size());
    Client client =
        Client.builder()
            .http(plan.endpoints().toArray(String[]::new))
            .uid(String.format("bot-%08x-%d", run, number))
            .transport(transports.get(number % transports.size()))
            .reconnect(plan.scene() == BotPlan.Scene.ROOM_CHECK ? PATIENT : ReconnectPolicy.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .callTimeout(CALL_TIMEOUT)
            .loop(loop)
            .build();
    return client
        .connect()
        .exceptionallyCompose(failure ->
            attempt < (isTooMany(failure) ? LOGIN_ATTEMPTS_MAX : CONNECT_ATTEMPTS_MAX)
                ? later(loop).thenCompose(v -> connect(number, loops, attempt + 1))
                : CompletableFuture.failedFuture(failure));
  }

  private static CompletableFuture<Void> later(ClientLoop loop) {
    CompletableFuture<Void> pause = new CompletableFuture<>();
    loop.schedule(() -> pause.complete(null), PAUSE_BEFORE_RETRY);
    return pause;
  }

  private static boolean isTooMany(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof LoginRefused refused && refused.httpStatus() == TOO_MANY_REQUESTS;
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private List<Bot> echoes(List<Client> clients) {
    List<Bot> bots = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      bots.add(new EchoBot(clients.get(i), plan.reliable(), Listener.toEcho(run, i, tally)));
    }
    return bots;
  }

  private List<Bot> divers(List<Client> clients) {
    List<Bot> bots = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      bots.add(new DiveBot(clients.get(i), Listener.toReads(run, i, tally)));
    }
    return bots;
  }

  /** The first of every session makes it, the others come by its id. */
  private List<Bot> inSessions(List<Client> clients) {
    List<Bot> bots = new ArrayList<>();
    List<CompletableFuture<?>> joining = new ArrayList<>();
    for (int first = 0; first < clients.size(); first += plan.roomSize()) {
      List<Client> session =
          clients.subList(first, Math.min(clients.size(), first + plan.roomSize()));
      TotalOrder order = new TotalOrder();
      for (Client client : session) {
        Listener listener = Listener.toAll(run, first, session.size(), order, tally);
        bots.add(new SessionBot(client, plan.reliable(), session.size(), listener));
      }
      joining.add(
          session
              .getFirst()
              .sessions()
              .create(SessionBot.TYPE, Math.max(2, plan.roomSize()), new byte[0])
              .thenCompose(made ->
                  CompletableFuture.allOf(
                      session.stream()
                          .skip(1)
                          .map(member -> member.sessions().join(made.id()))
                          .toArray(CompletableFuture[]::new))));
    }
    joining.forEach(Gathering::await);
    return List.copyOf(bots);
  }

  /** The first of every room makes it, the others come by its id. */
  private List<Bot> inRooms(List<Client> clients) {
    List<List<Client>> rooms = new ArrayList<>();
    for (int first = 0; first < clients.size(); first += plan.roomSize()) {
      rooms.add(clients.subList(first, Math.min(clients.size(), first + plan.roomSize())));
    }
    List<RoomBot> bots = new ArrayList<>();
    for (int room = 0; room < rooms.size(); room++) {
      int firstSpeaker = room * plan.roomSize();
      int members = rooms.get(room).size();
      for (Client client : rooms.get(room)) {
        Listener listener = Listener.toOthers(run, firstSpeaker, members, bots.size(), tally);
        bots.add(new RoomBot(client, plan.reliable(), members, listener));
      }
    }
    List<CompletableFuture<RoomReply.Entry>> making =
        rooms.stream().map(room -> make(room.getFirst(), plan)).toList();
    List<RoomReply.Entry> made = making.stream().map(Gathering::await).toList();
    List<String> roomIds = made.stream().map(RoomReply.Entry::roomId).toList();
    for (int room = 0; room < rooms.size(); room++) {
      bots.get(room * plan.roomSize()).inRoom(made.get(room).room());
    }
    joinOthers(rooms, roomIds, bots);
    return List.copyOf(bots);
  }

  private void joinOthers(List<List<Client>> rooms, List<String> roomIds, List<RoomBot> bots) {
    List<CompletableFuture<Void>> joining = new ArrayList<>();
    for (int room = 0; room < rooms.size(); room++) {
      RoomRequest join = new RoomRequest.Join(roomIds.get(room), new byte[0]);
      for (int member = 1; member < rooms.get(room).size(); member++) {
        RoomBot bot = bots.get(room * plan.roomSize() + member);
        joining.add(
            enter(rooms.get(room).get(member), join).thenAccept(entry -> bot.inRoom(entry.room())));
      }
    }
    joining.forEach(Gathering::await);
  }

  /** Makes a room of the plan's size for a client and lets it in. */
  static CompletableFuture<RoomReply.Entry> make(Client client, BotPlan plan) {
    RoomRequest.Terms terms =
        new RoomRequest.Terms("bots", false, false, Math.max(2, plan.roomSize()), 0, 0);
    return enter(client, new RoomRequest.Create(terms, true, new byte[0]));
  }

  static CompletableFuture<RoomReply.Entry> enter(Client client, RoomRequest request) {
    return client
        .call(RoomCmd.VER, request.cmd(), request.encode())
        .thenApply(answer ->
            RoomReply.Entry.decode(answer)
                .orElseThrow(() -> new IllegalStateException("the room's answer is malformed")));
  }

  /** Waits; the failure says that a bot could not come to its place. */
  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("a bot could not come to its place: " + reason(e), e);
    }
  }
}
