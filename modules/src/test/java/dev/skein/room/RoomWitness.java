package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.server.Status;
import dev.skein.simulation.SimAnswer;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import dev.skein.simulation.SimNode;
import dev.skein.simulation.SimPush;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Lets clients of a simulated cluster do things in rooms and checks what they heard: all members of
 * a room the same in the same order, nothing twice and nothing left out; what was acknowledged has
 * happened, what was refused has not; everybody agrees on who is in.
 */
final class RoomWitness {
  private static final byte[] NOTHING = {};
  private static final long RETURN_AGAIN_MILLIS = 250;

  private final SimCluster cluster;
  private final Map<String, View> views = new LinkedHashMap<>();
  private final List<String> roomIds = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();
  private final List<Added> added = new ArrayList<>();
  private final List<Pending> others = new ArrayList<>();
  private final Map<SimClient, CompletableFuture<Boolean>> moving = new HashMap<>();
  private final List<Integer> refusedReturns = new ArrayList<>();
  private int words;

  private record Said(String text, String roomId, CompletableFuture<SimAnswer> answer) {}

  private record Added(String roomId, CompletableFuture<SimAnswer> answer) {}

  private record Pending(String what, SimClient client, CompletableFuture<SimAnswer> answer) {}

  /** What a client heard of a room from ENTERED to EXITED. */
  static final class Stretch {
    final String roomId;
    final String uid;
    final List<String> heard = new ArrayList<>();
    final Set<String> roster = new TreeSet<>();
    private final Map<Integer, String> uids = new HashMap<>();
    int self;
    long got;
    long added;
    boolean leaving;
    boolean open = true;

    Stretch(String roomId, String uid) {
      this.roomId = roomId;
      this.uid = uid;
    }
  }

  /** A client's eyes. */
  private static final class View {
    SimClient client;
    final Map<Long, Stretch> open = new LinkedHashMap<>();
    final List<Stretch> all = new ArrayList<>();
    final List<Stretch> away = new ArrayList<>();

    /** What it heard that was said unreliably. */
    final List<String> whispers = new ArrayList<>();

    private int read;

    View(SimClient client) {
      this.client = client;
    }

    void look() {
      List<SimPush> pushes = client.pushes();
      for (; read < pushes.size(); read++) {
        SimPush push = pushes.get(read);
        RoomEvent event = RoomEvent.decode(push.cmd(), push.payload()).orElseThrow();
        if (push.channel().kind().reliable()) {
          see(event);
        } else {
          whispers.add(new String(((RoomEvent.Said) event).data(), UTF_8));
        }
      }
    }

    private void see(RoomEvent event) {
      if (event instanceof RoomEvent.Entered entered) {
        Stretch stretch = new Stretch(entered.roomId(), client.uid());
        stretch.self = entered.self();
        stretch.got = 1;
        assertThat(open.put(entered.room(), stretch)).as("two rooms of one number").isNull();
        all.add(stretch);
        return;
      }
      if (event instanceof RoomEvent.Returned returned) {
        Stretch stretch =
            away.stream()
                .filter(each -> each.roomId.equals(returned.roomId()))
                .findFirst()
                .orElseThrow();
        away.remove(stretch);
        assertThat(open.put(returned.room(), stretch)).as("two rooms of one number").isNull();
        return;
      }
      Stretch in = open.get(event.room());
      if (in == null) {
        throw new AssertionError(client.uid() + " heard " + event + " of a room it is not in");
      }
      in.got++;
      switch (event) {
        case RoomEvent.Said heard -> in.heard.add(new String(heard.data(), UTF_8));
        case RoomEvent.Roster roster -> in.uids.putAll(roster.uids());
        case RoomEvent.Joined came -> in.uids.put(came.member(), came.uid());
        case RoomEvent.Left gone -> assertThat(in.uids.remove(gone.member())).isNotNull();
        case RoomEvent.PropertiesChanged changed ->
            in.added =
                changed.changes().values().iterator().next().orElseThrow()
                        instanceof Value.Whole sum
                    ? sum.value()
                    : -1;
        case RoomEvent.Exited _ -> {
          in.open = false;
          open.remove(event.room());
        }
        default -> {}
      }
      in.roster.clear();
      in.roster.addAll(in.uids.values());
    }
  }

  RoomWitness(SimCluster cluster) {
    this.cluster = cluster;
  }

  SimClient connect(String uid, SimNode node) {
    SimClient client = node.connect(uid);
    views.put(uid, new View(client));
    return client;
  }

  /** A user whose node was lost logs in again, and wants back into its rooms. */
  void reconnect(String uid, SimNode node) {
    View view = java.util.Objects.requireNonNull(views.get(uid));
    view.look();
    view.away.addAll(view.open.values());
    view.open.clear();
    view.client = node.connect(uid);
    view.read = 0;
    List.copyOf(view.away).forEach(each -> comeBack(view, each));
  }

  private void comeBack(View view, Stretch stretch) {
    SimClient client = view.client;
    RoomRequest back = new RoomRequest.Return(stretch.roomId, stretch.self, stretch.got);
    client
        .send(back.cmd(), back.encode())
        .whenComplete((answer, failure) -> {
          view.look();
          if (view.client != client || !view.away.contains(stretch)) {
            return;
          }
          if (answer != null && answer.code() == RoomCode.UNREACHABLE) {
            client
                .user()
                .shard()
                .schedule(
                    () -> {
                      if (client.isConnected()) {
                        comeBack(view, stretch);
                      }
                    },
                    RETURN_AGAIN_MILLIS);
          } else if (answer != null && !answer.isOk()) {
            if (!stretch.leaving) {
              refusedReturns.add(answer.code());
            }
            stretch.open = false;
            view.away.remove(stretch);
          }
        });
  }

  /** The codes with which users were not let back that had not asked to leave. */
  List<Integer> refusedReturns() {
    return refusedReturns;
  }

  /** Users whose node was lost and who have not logged in again. */
  List<String> lostUsers() {
    return views.values().stream()
        .filter(view -> !view.client.isConnected())
        .map(view -> view.client.uid())
        .toList();
  }

  /** A room on a node, which stays when it is empty. */
  String room(SimNode node) {
    return room(node, 0);
  }

  /** The same with backups. */
  String room(SimNode node, int backups) {
    RoomOptions options =
        RoomOptions.builder()
            .type("hall")
            .registered(true)
            .allowEmpty(true)
            .emptyTtlMillis(0)
            .backups(backups)
            .build();
    String id = node.module(Rooms.class).create(options).id();
    roomIds.add(id);
    return id;
  }

  CompletableFuture<SimAnswer> join(SimClient client, String roomId) {
    return send(client, new RoomRequest.Join(roomId, NOTHING));
  }

  CompletableFuture<SimAnswer> send(SimClient client, RoomRequest request) {
    CompletableFuture<SimAnswer> answer = client.send(request.cmd(), request.encode());
    expect(request.toString(), client, answer);
    return answer;
  }

  /** A simulated network loses what a client sends while it moves. */
  private void expect(String what, SimClient client, CompletableFuture<SimAnswer> answer) {
    CompletableFuture<Boolean> move = moving.get(client);
    if (move == null || move.isDone()) {
      others.add(new Pending(client + " " + what, client, answer));
    }
  }

  CompletableFuture<SimAnswer> say(SimClient client, long number, String roomId) {
    String text = client.uid() + ":" + words++;
    byte[] payload = new PayloadWriter().varint(number).raw(text.getBytes(UTF_8)).toBytes();
    CompletableFuture<SimAnswer> answer = client.send(RoomCmd.BROADCAST, payload);
    said.add(new Said(text, roomId, answer));
    expect(text, client, answer);
    return answer;
  }

  /** Says something in a way that may get lost. */
  void whisper(SimClient client, long number) {
    String text = client.uid() + ":" + words++;
    int cmd = cluster.random().nextBoolean() ? RoomCmd.BROADCAST : RoomCmd.RELAY;
    byte[] payload = new PayloadWriter().varint(number).raw(text.getBytes(UTF_8)).toBytes();
    client.tell(cmd, payload, Channel.UNRELIABLE);
  }

  /** One thing that a client might do. */
  void anything() {
    List<View> connected =
        views.values().stream().filter(view -> view.client.isConnected()).toList();
    if (connected.isEmpty()) {
      return;
    }
    View view = connected.get(cluster.random().nextInt(connected.size()));
    view.look();
    List<Map.Entry<Long, Stretch>> in = List.copyOf(view.open.entrySet());
    int chance = cluster.random().nextInt(20);
    if (in.isEmpty() || chance < 3) {
      String roomId = roomIds.get(cluster.random().nextInt(roomIds.size()));
      if (view.away.stream().noneMatch(each -> each.roomId.equals(roomId))) {
        join(view.client, roomId);
      }
      return;
    }
    Map.Entry<Long, Stretch> one = in.get(cluster.random().nextInt(in.size()));
    whisper(view.client, one.getKey());
    if (chance == 3 && !view.client.uid().equals("always")) {
      one.getValue().leaving = true;
      send(view.client, new RoomRequest.Leave(one.getKey(), NOTHING));
    } else if (chance < 8) {
      added.add(
          new Added(
              one.getValue().roomId,
              send(
                  view.client, new RoomRequest.IncrementProperty(one.getKey(), "n", Value.of(1)))));
    } else {
      for (int i = cluster.random().nextInt(4); i >= 0; i--) {
        say(view.client, one.getKey(), one.getValue().roomId);
      }
    }
  }

  /** A user goes to another node, by the server's doing. */
  void moveSomebody() {
    List<View> connected =
        views.values().stream().filter(view -> view.client.isConnected()).toList();
    if (!connected.isEmpty()) {
      SimClient client = connected.get(cluster.random().nextInt(connected.size())).client;
      List<SimNode> nodes = cluster.nodes();
      move(client, nodes.get(cluster.random().nextInt(nodes.size())));
    }
  }

  /** The same, but this one stays. */
  void moveSomebodyBut(SimClient staying) {
    List<View> others =
        views.values().stream()
            .filter(view -> view.client.isConnected() && view.client != staying)
            .toList();
    List<SimNode> nodes = cluster.nodes();
    move(
        others.get(cluster.random().nextInt(others.size())).client,
        nodes.get(cluster.random().nextInt(nodes.size())));
  }

  List<String> roomIds() {
    return List.copyOf(roomIds);
  }

  CompletableFuture<Boolean> move(SimClient client, SimNode to) {
    others.removeIf(each -> each.client == client && !each.answer.isDone());
    CompletableFuture<Boolean> move =
        client.node().directory().move(client.uid(), to.address()).toCompletableFuture();
    moving.merge(client, move, (one, other) -> one.thenCombine(other, Boolean::logicalOr));
    return move;
  }

  /** A room goes to another node, by the server's doing. */
  CompletableFuture<Void> moveRoom() {
    String roomId = roomIds.get(cluster.random().nextInt(roomIds.size()));
    List<SimNode> nodes = cluster.nodes();
    SimNode asked = nodes.get(cluster.random().nextInt(nodes.size()));
    SimNode to = nodes.get(cluster.random().nextInt(nodes.size()));
    return asked.module(Rooms.class).at(roomId).moveTo(to.address()).toCompletableFuture();
  }

  /** What holds whatever happened. */
  void check() {
    for (View view : views.values()) {
      view.look();
      assertThat(view.whispers).as("%s heard nothing twice", view.client).doesNotHaveDuplicates();
    }
    for (Pending each : others) {
      assertThat(each.answer.isDone() || !each.client.isConnected())
          .as("%s is answered", each.what)
          .isTrue();
    }
    for (String roomId : roomIds) {
      checkOrder(stretches(roomId));
      checkRefused(roomId);
      checkRoster(roomId);
    }
    checkSeats();
  }

  private List<Stretch> stretches(String roomId) {
    return views.values().stream()
        .flatMap(view -> view.all.stream())
        .filter(stretch -> stretch.roomId.equals(roomId))
        .toList();
  }

  /** Any two heard, from the first that both heard to the last, the same. */
  private static void checkOrder(List<Stretch> stretches) {
    for (Stretch one : stretches) {
      assertThat(one.heard).as("%s heard nothing twice", one.uid).doesNotHaveDuplicates();
      Map<String, Integer> places = new HashMap<>();
      one.heard.forEach(text -> places.put(text, places.size()));
      for (Stretch other : stretches) {
        int before = -1;
        for (String text : other.heard) {
          Integer place = places.get(text);
          if (before >= 0 && before + 1 < one.heard.size()) {
            assertThat(place)
                .as("%s heard %s as %s did", one.uid, text, other.uid)
                .isEqualTo(before + 1);
          }
          before = place == null ? -1 : place;
        }
      }
    }
  }

  private void checkRefused(String roomId) {
    Set<String> heard = new HashSet<>();
    stretches(roomId).forEach(stretch -> heard.addAll(stretch.heard));
    for (Said each : said) {
      if (each.answer.isDone() && each.answer.join().status() == Status.BAD) {
        assertThat(each.answer.join().code()).as(each.text).isNotEqualTo(Code.MALFORMED);
        assertThat(heard).doesNotContain(each.text);
      }
    }
  }

  /** The room and those who think that they are in it agree. */
  private void checkRoster(String roomId) {
    Optional<Room> room =
        cluster.nodes().stream()
            .flatMap(node -> node.module(Rooms.class).find(roomId).stream())
            .findFirst();
    Set<String> members = new TreeSet<>();
    room.ifPresent(there -> there.members().forEach(member -> members.add(member.uid())));
    Set<String> thinking = new TreeSet<>();
    for (View view : views.values()) {
      for (Stretch stretch : view.open.values()) {
        if (stretch.roomId.equals(roomId) && view.client.isConnected()) {
          thinking.add(view.client.uid());
          assertThat(stretch.roster)
              .as("whom %s sees in %s", view.client.uid(), roomId)
              .isEqualTo(members);
        }
      }
    }
    assertThat(thinking).as("who is in %s", roomId).isEqualTo(members);
  }

  /** The node has the seats that its users think they have. */
  private void checkSeats() {
    for (View view : views.values()) {
      if (view.client.isConnected()) {
        SimAnswer answer = cluster.await(view.client.send(RoomCmd.LIST, NOTHING));
        Map<Long, String> expected = new LinkedHashMap<>();
        view.open.forEach((number, stretch) -> expected.put(number, stretch.roomId));
        assertThat(RoomReply.Own.decode(answer.orFail()).orElseThrow().roomIds())
            .as("seats of %s", view.client)
            .containsExactlyInAnyOrderEntriesOf(expected);
      }
    }
  }

  /** What holds if no node was lost: a member that was always there heard all that was said. */
  void checkThatNothingFailed(SimClient always) {
    View view = java.util.Objects.requireNonNull(views.get(always.uid()));
    for (String roomId : roomIds) {
      List<Stretch> own = view.all.stream().filter(each -> each.roomId.equals(roomId)).toList();
      assertThat(own).hasSize(1);
      Set<String> heard = new HashSet<>(own.getFirst().heard);
      for (Said each : said) {
        if (each.roomId.equals(roomId) && each.answer.isDone()) {
          assertThat(heard.contains(each.text)).as(each.text).isEqualTo(each.answer.join().isOk());
        }
      }
      checkWhole(own.getFirst().heard, stretches(roomId));
      List<Added> here = added.stream().filter(each -> each.roomId.equals(roomId)).toList();
      long done =
          here.stream().filter(each -> each.answer.isDone() && each.answer.join().isOk()).count();
      long lost = here.stream().filter(each -> !each.answer.isDone()).count();
      assertThat(own.getFirst().added).as("increments").isBetween(done, done + lost);
    }
  }

  /**
   * What holds if nodes were lost and the room was not: a member that was always there heard all
   * that was acknowledged, once.
   */
  void checkThatNothingAcknowledgedIsLost(SimClient always) {
    View view = java.util.Objects.requireNonNull(views.get(always.uid()));
    for (String roomId : roomIds) {
      List<Stretch> own = view.all.stream().filter(each -> each.roomId.equals(roomId)).toList();
      assertThat(own).as("stretches of %s", always).hasSize(1);
      assertThat(own.getFirst().open).as("%s is in", always).isTrue();
      Set<String> heard = new HashSet<>(own.getFirst().heard);
      for (Said each : said) {
        if (each.roomId.equals(roomId) && isOk(each.answer)) {
          assertThat(heard).as("what %s heard", always).contains(each.text);
        }
      }
      checkWhole(own.getFirst().heard, stretches(roomId));
      List<Added> here = added.stream().filter(each -> each.roomId.equals(roomId)).toList();
      long done = here.stream().filter(each -> isOk(each.answer)).count();
      long refused =
          here.stream().filter(each -> isDone(each.answer) && isBad(each.answer)).count();
      assertThat(own.getFirst().added).as("increments").isBetween(done, here.size() - refused);
    }
  }

  /** The rooms that are still there know of everything that was acknowledged. */
  void checkIncrements() {
    for (String roomId : roomIds) {
      List<Room> there =
          cluster.nodes().stream()
              .flatMap(node -> node.module(Rooms.class).find(roomId).stream())
              .toList();
      assertThat(there).as("where %s is", roomId).hasSizeLessThanOrEqualTo(1);
      List<Added> here = added.stream().filter(each -> each.roomId.equals(roomId)).toList();
      long done = here.stream().filter(each -> isOk(each.answer)).count();
      if (!there.isEmpty() && done > 0) {
        long sum = (long) there.getFirst().property("n").orElseThrow().asDouble();
        assertThat(sum).as("increments of %s", roomId).isBetween(done, (long) here.size());
      }
    }
  }

  private static boolean isDone(CompletableFuture<SimAnswer> answer) {
    return answer.isDone() && !answer.isCompletedExceptionally();
  }

  private static boolean isOk(CompletableFuture<SimAnswer> answer) {
    return isDone(answer) && answer.join().isOk();
  }

  private static boolean isBad(CompletableFuture<SimAnswer> answer) {
    return answer.join().status() == Status.BAD;
  }

  /** Each heard a part of the whole without a gap. */
  private static void checkWhole(List<String> whole, List<Stretch> stretches) {
    for (Stretch each : stretches) {
      if (!each.heard.isEmpty()) {
        int from = whole.indexOf(each.heard.getFirst());
        int to = Math.min(whole.size(), from + each.heard.size());
        assertThat(each.heard).as("%s heard", each.uid).isEqualTo(whole.subList(from, to));
        if (each.open) {
          assertThat(to).as("%s heard all until the end", each.uid).isEqualTo(whole.size());
        }
      }
    }
  }

  static String roomId(SimAnswer answer) {
    return RoomReply.Entry.decode(answer.orFail()).orElseThrow().roomId();
  }

  static long number(SimAnswer answer) {
    return new PayloadReader(answer.orFail()).varint();
  }
}
