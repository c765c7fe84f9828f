package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.server.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Random users do random things in one room, with the shards' work interleaved at random. A witness
 * who is there from first to last sees the room's one order; a simple model that follows it must
 * agree with the room, and everybody else must have seen a piece of the same order, without a gap.
 */
class RoomSimTest {
  private static final int SEEDS = 600;
  private static final int STEPS = 120;
  private static final byte[] NOTHING = {};

  @Test
  void everyoneSeesThePieceOfOneOrderThatLiesBetweenJoinAndLeave() {
    int broadcasts = 0;
    int stays = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        Simulation simulation = new Simulation(seed);
        simulation.run();
        broadcasts += simulation.broadcastsDone;
        stays += simulation.staysChecked;
      } catch (Throwable failed) {
        throw new AssertionError(
            "seed " + seed + " (replay: new Simulation(" + seed + "L).run())", failed);
      }
    }
    assertThat(broadcasts).as("broadcasts that were heard").isGreaterThan(10 * SEEDS);
    assertThat(stays).as("stays in a room that were checked").isGreaterThan(4 * SEEDS);
  }

  /** What members see of each other's doing, as one comparable line. */
  private static List<String> lines(List<RoomEvent> events) {
    List<String> lines = new ArrayList<>();
    for (RoomEvent event : events) {
      switch (event) {
        case RoomEvent.Said said -> {
          if (said.address() == RoomEvent.Address.BROADCAST) {
            lines.add("said " + said.from() + " " + new String(said.data(), UTF_8));
          } else if (said.address() == RoomEvent.Address.ANNOUNCE) {
            lines.add("said 0 " + new String(said.data(), UTF_8));
          }
        }
        case RoomEvent.Bundle bundle -> {
          for (RoomEvent.Bundle.Entry entry : bundle.entries()) {
            if (!entry.relay()) {
              lines.add("said " + entry.from() + " " + new String(entry.data(), UTF_8));
            }
          }
        }
        case RoomEvent.Joined joined -> lines.add("joined " + joined.member() + " " + joined.uid());
        case RoomEvent.Left left -> lines.add("left " + left.member());
        case RoomEvent.OwnerChanged owner -> lines.add("owner " + owner.member());
        case RoomEvent.Chatted chatted -> lines.add("chat " + chatted.line());
        case RoomEvent.PropertiesChanged changed -> lines.add("properties " + changed.changes());
        case RoomEvent.ObjectsChanged changed -> lines.add("objects " + changed.changes());
        default -> {}
      }
    }
    return lines;
  }

  private static final class Simulation {
    private final Random random;
    private final TestNode node;
    private final TestUser witness;
    private final List<TestUser> users;
    private final Room room;
    private final long number;
    private final Map<String, CompletableFuture<TestNode.Answer>> broadcasts = new HashMap<>();
    private final Set<TestUser> gone = new HashSet<>();
    private int said;
    private int broadcastsDone;
    private int staysChecked;

    Simulation(long seed) {
      random = new Random(seed);
      int shards = 1 + random.nextInt(4);
      node = new TestNode(Rooms.module(), shards, seed, Map.of());
      users = node.users(2 + random.nextInt(8));
      witness = node.user("witness", random.nextInt(shards));
      RoomOptions options =
          RoomOptions.builder()
              .maxMembers(2 + random.nextInt(8))
              .channel(random.nextInt(8))
              .broadcastIntervalMillis(random.nextBoolean() ? 0 : 20)
              .objectSyncIntervalMillis(random.nextBoolean() ? 0 : 15)
              .build();
      room = node.await(node.rooms().create(options, witness, NOTHING));
      number = witness.events(RoomEvent.Entered.class).getFirst().room();
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        TestUser user = users.get(random.nextInt(users.size()));
        if (!gone.contains(user)) {
          act(random.nextInt(10) == 0 ? witness : user);
        }
        for (int i = random.nextInt(6); i > 0; i--) {
          node.clock().step();
        }
        if (random.nextInt(12) == 0) {
          node.clock().advance(random.nextInt(30));
        }
      }
      node.clock().advance(10_000);
      check();
    }

    private void act(TestUser user) {
      switch (random.nextInt(14)) {
        case 0, 1, 2 -> ask(user, new RoomRequest.Join(room.id(), NOTHING));
        case 3, 4, 5, 6 -> broadcast(user);
        case 7 -> {
          if (user != witness) {
            ask(user, new RoomRequest.Leave(number, NOTHING));
          }
        }
        case 8 -> ask(user, new RoomRequest.Chat(number, "chat " + said++));
        case 9 -> ask(user, new RoomRequest.IncrementProperty(number, key(), Value.of(1)));
        case 10 ->
            ask(
                user,
                new RoomRequest.PutObject(
                    number,
                    key(),
                    Combine.values()[random.nextInt(4)],
                    random.nextBoolean(),
                    random.nextInt(3) * 40L,
                    Value.of(random.nextInt(100))));
        case 11 -> ask(user, new RoomRequest.RemoveProperties(number, List.of(key())));
        case 12 -> {
          if (user != witness && random.nextInt(4) == 0) {
            gone.add(user);
            node.startDiscard(user);
          }
        }
        default -> rest(user);
      }
    }

    private void rest(TestUser user) {
      switch (random.nextInt(4)) {
        case 0 -> ask(witness, new RoomRequest.Kick(number, 2 + random.nextInt(8), NOTHING));
        case 1 -> ask(user, new RoomRequest.Reserve(number, 30, List.of("guest")));
        case 2 -> room.announce(("announce " + said++).getBytes(UTF_8));
        default -> ask(user, new RoomRequest.RemoveObject(number, key()));
      }
    }

    private String key() {
      return "k" + random.nextInt(4);
    }

    private void ask(TestUser user, RoomRequest request) {
      node.start(user, request);
    }

    private void broadcast(TestUser user) {
      String text = user.uid() + "-" + said++;
      byte[] payload = new PayloadWriter().varint(number).raw(text.getBytes(UTF_8)).toBytes();
      broadcasts.put(
          text,
          node.start(user, RoomCmd.BROADCAST, payload, Channel.ordered(random.nextInt(3)), 1));
    }

    private void check() {
      List<String> order = lines(afterReady(witness.events()));
      everyBroadcastAnsweredOkIsInTheOrderOnceAndNoOther(order);
      theModelAgrees(order);
      for (TestUser user : users) {
        for (List<RoomEvent> stay : stays(user.events())) {
          isPieceOf(order, stay);
          staysChecked++;
        }
      }
    }

    private void everyBroadcastAnsweredOkIsInTheOrderOnceAndNoOther(List<String> order) {
      Map<String, Integer> counts = new HashMap<>();
      for (String line : order) {
        if (line.startsWith("said ") && !line.contains("announce")) {
          counts.merge(line.substring(line.indexOf(' ', 5) + 1), 1, Integer::sum);
        }
      }
      broadcasts.forEach((text, answer) -> {
        boolean ok = answer.join().status() == Status.OK;
        broadcastsDone += ok ? 1 : 0;
        assertThat(counts.getOrDefault(text, 0)).as(text).isEqualTo(ok ? 1 : 0);
      });
    }

    /** Follows the order of news with nothing but maps and compares with the room. */
    private void theModelAgrees(List<String> order) {
      Map<Integer, String> members = new HashMap<>(Map.of(1, "witness"));
      int owner = 1;
      for (String line : order) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "joined" -> {
            assertThat(members.put(Integer.parseInt(words[1]), words[2])).isNull();
            assertThat(members.size()).isLessThanOrEqualTo(room.options().maxMembers());
          }
          case "left" -> assertThat(members.remove(Integer.parseInt(words[1]))).isNotNull();
          case "owner" -> owner = Integer.parseInt(words[1]);
          case "said" ->
              assertThat(words[1].equals("0") || members.containsKey(Integer.parseInt(words[1])))
                  .isTrue();
          default -> {}
        }
      }
      assertThat(room.members())
          .extracting(Member::uid)
          .containsExactlyInAnyOrderElementsOf(members.values());
      assertThat(room.owner().orElseThrow().number()).isEqualTo(owner);
      assertThat(room.properties()).isEqualTo(mirrored(witness, true));
      assertThat(room.objects()).isEqualTo(mirrored(witness, false));
      for (TestUser user : users) {
        boolean inside = members.containsValue(user.uid());
        assertThat(node.rooms().of(user)).hasSize(inside ? 1 : 0);
        if (inside) {
          assertThat(mirrored(user, true)).isEqualTo(room.properties());
          assertThat(mirrored(user, false)).isEqualTo(room.objects());
        }
      }
    }

    private static Map<String, Value> mirrored(TestUser user, boolean properties) {
      Map<String, Value> mirror = new HashMap<>();
      for (RoomEvent event : user.events()) {
        Map<String, Optional<Value>> changes =
            switch (event) {
              case RoomEvent.PropertiesChanged changed when properties -> changed.changes();
              case RoomEvent.ObjectsChanged changed when !properties -> changed.changes();
              default -> Map.of();
            };
        if (event instanceof RoomEvent.Entered) {
          mirror.clear();
        }
        changes.forEach((key, value) ->
            value.ifPresentOrElse(v -> mirror.put(key, v), () -> mirror.remove(key)));
      }
      return mirror;
    }

    private static List<RoomEvent> afterReady(List<RoomEvent> events) {
      int ready =
          events.indexOf(
              events.stream().filter(RoomEvent.Ready.class::isInstance).findFirst().orElseThrow());
      return events.subList(ready + 1, events.size());
    }

    /** What a user saw from each READY to the EXITED after it. */
    private static List<List<RoomEvent>> stays(List<RoomEvent> events) {
      List<List<RoomEvent>> stays = new ArrayList<>();
      List<RoomEvent> stay = null;
      for (RoomEvent event : events) {
        switch (event) {
          case RoomEvent.Ready ready -> {
            stay = new ArrayList<>();
            stays.add(stay);
          }
          case RoomEvent.Exited exited -> stay = null;
          default -> {
            if (stay != null) {
              stay.add(event);
            }
          }
        }
      }
      return stays;
    }

    private void isPieceOf(List<String> order, List<RoomEvent> stay) {
      List<String> piece = lines(stay);
      boolean found = piece.isEmpty();
      for (int at = 0; !found && at + piece.size() <= order.size(); at++) {
        found = order.subList(at, at + piece.size()).equals(piece);
      }
      assertThat(found).as("%s is a piece of %s", piece, order).isTrue();
    }
  }

  @Test
  void randomJoinsNeverOverfillAndNeverOpenMoreRoomsThanNeeded() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      TestNode node = new TestNode(Rooms.module(), 1 + random.nextInt(4), seed, Map.of());
      int size = 2 + random.nextInt(6);
      RoomRequest.Terms terms = new RoomRequest.Terms("x", true, false, size, 0, 0);
      List<TestUser> users = node.users(1 + random.nextInt(30));
      List<CompletableFuture<TestNode.Answer>> answers = new ArrayList<>();
      for (TestUser user : users) {
        answers.add(node.start(user, new RoomRequest.JoinRandom(terms, true, NOTHING)));
        for (int i = random.nextInt(4); i > 0; i--) {
          node.clock().step();
        }
      }
      node.clock().settle();
      assertThat(answers)
          .as("seed %d", seed)
          .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(Status.OK));
      assertThat(node.rooms().count())
          .as("seed %d", seed)
          .isEqualTo((users.size() + size - 1) / size);
      assertThat(node.rooms().list())
          .as("seed %d", seed)
          .allSatisfy(room -> assertThat(room.members().size()).isLessThanOrEqualTo(size));
      Set<String> ids = new HashSet<>();
      answers.forEach(answer ->
          ids.add(RoomReply.Entry.decode(answer.join().payload()).orElseThrow().roomId()));
      assertThat(ids).hasSize(node.rooms().count());
    }
  }

  @Test
  void anySequenceOfBytesAsCommandsLeavesRoomsAndUsersIntact() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Random random = new Random(seed);
      TestNode node = new TestNode(Rooms.module(), 2, seed, Map.of());
      List<TestUser> users = node.users(3);
      for (int i = 0; i < 60; i++) {
        TestUser user = users.get(random.nextInt(3));
        byte[] payload = new byte[random.nextInt(12)];
        random.nextBytes(payload);
        if (payload.length > 0 && random.nextBoolean()) {
          payload[0] = 1;
        }
        int cmd = RoomCmd.CREATE + random.nextInt(RoomCmd.RETURN - RoomCmd.CREATE + 1);
        TestNode.Answer answer = node.send(user, cmd, payload, Channel.RELIABLE);
        assertThat(answer.status())
            .as("seed %d, cmd %x, payload %s: %s", seed, cmd, Arrays.toString(payload), answer)
            .isIn(Status.OK, Status.BAD);
      }
      users.forEach(node::discard);
      node.clock().advance(100_000_000);
      assertThat(node.rooms().count()).as("seed %d", seed).isZero();
    }
  }
}
