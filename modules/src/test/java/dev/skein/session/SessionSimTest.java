package dev.skein.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.module.Mishaps;
import dev.skein.module.Seeds;
import dev.skein.protocol.party.PartyCmd;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.party.PartyReply;
import dev.skein.protocol.party.PartyRequest;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.Status;
import dev.skein.simulation.SimAnswer;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Users of all nodes make, join and leave sessions, talk and change properties, log in anew and
 * move, while nodes crash, freeze and lose each other. All hear one order of each session, nobody
 * hears anything twice, what was acknowledged is heard, nobody is in two sessions of a type, and in
 * the end everybody knows what is.
 */
class SessionSimTest {
  private static final int SEEDS = 250;
  private static final int STEPS = 60;
  private static final int USERS = 7;
  private static final String TYPE = "party";
  private static final byte[] NOTHING = {};

  @Test
  void allHearOneOrderAndInTheEndKnowWhatIs() {
    AtomicInteger heard = new AtomicInteger();
    AtomicInteger members = new AtomicInteger();
    Seeds.each(
        SEEDS,
        seed -> {
          Simulation simulation = new Simulation(seed);
          simulation.run();
          heard.addAndGet(simulation.heard);
          members.addAndGet(simulation.members);
        });
    assertThat(heard.get()).as("broadcasts that were heard").isGreaterThan(20 * SEEDS);
    assertThat(members.get()).as("members at the end").isGreaterThan(SEEDS);
  }

  /** What a client makes of its pushes, from its login on. */
  private static final class Mirror {
    private final Map<String, List<String>> talkBySession = new LinkedHashMap<>();
    private Optional<String> session = Optional.empty();
    private final Set<String> uids = new LinkedHashSet<>();
    private final Map<String, Value> properties = new HashMap<>();
    private String owner = "";
    private boolean missed;

    static Mirror of(SimClient client) {
      Mirror mirror = new Mirror();
      client.pushes().stream()
          .map(push -> PartyEvent.decode(push.cmd(), push.payload()).orElseThrow())
          .forEach(mirror::on);
      return mirror;
    }

    private void on(PartyEvent event) {
      switch (event) {
        case PartyEvent.Entered entered -> {
          session = Optional.of(entered.sessionId());
          uids.clear();
          uids.addAll(entered.uids());
          properties.clear();
          properties.putAll(entered.properties());
          owner = entered.owner();
        }
        case PartyEvent.Exited exited -> {
          assertThat(session).as("in a session to leave").isPresent();
          session = Optional.empty();
          // It was out before it could be told everything.
          missed |= exited.reason() == LeaveReason.DISCONNECTED;
        }
        case PartyEvent.Joined joined ->
            assertThat(uids.add(joined.uid())).as("new: " + joined).isTrue();
        case PartyEvent.Left left ->
            assertThat(uids.remove(left.uid())).as("was there: " + left).isTrue();
        case PartyEvent.OwnerChanged changed -> owner = changed.uid();
        case PartyEvent.PropertiesChanged changed ->
            changed
                .changes()
                .forEach((key, value) ->
                    value.ifPresentOrElse(
                        now -> properties.put(key, now), () -> properties.remove(key)));
        case PartyEvent.Said said ->
            talkBySession
                .computeIfAbsent(session.orElseThrow(), id -> new ArrayList<>())
                .add(new String(said.data(), UTF_8));
        case PartyEvent.Missed gap -> missed = true;
        case PartyEvent.Told told -> {}
        case PartyEvent.Announced announced -> {}
        case PartyEvent.Invited invited -> {}
        case PartyEvent.Declined declined -> {}
      }
    }
  }

  private static final class Simulation {
    private final SimCluster cluster;
    private final RandomGenerator random;
    private final Mishaps mishaps;
    private final Map<String, SimClient> users = new HashMap<>();
    private final List<SimClient> logins = new ArrayList<>();
    private final Set<String> sessions = new LinkedHashSet<>();
    private final Map<String, SimClient> acknowledged = new HashMap<>();
    private int said;
    private int heard;
    private int members;

    Simulation(long seed) {
      cluster =
          SimCluster.builder(seed)
              .nodes(3)
              .with(Sessions::module, Map.of("rejoinTtlMillis", "20000", "maxMembers", "5"))
              .start();
      random = cluster.random();
      mishaps = new Mishaps(cluster);
    }

    void run() {
      for (int i = 0; i < USERS; i++) {
        login("u" + i);
      }
      cluster.run(Duration.ofMillis(50));
      for (int step = 0; step < STEPS; step++) {
        act(Objects.requireNonNull(users.get("u" + random.nextInt(USERS))));
        if (random.nextInt(15) == 0) {
          disturb();
        }
        cluster.run(Duration.ofMillis(random.nextInt(random.nextInt(12) == 0 ? 4_000 : 20) + 1));
      }
      mishaps.recover();
      // Long enough for sessions whose members all were on one node that died.
      cluster.run(Duration.ofSeconds(90));
      checkTalk();
      checkEnd();
    }

    private void login(String uid) {
      var nodes = cluster.nodes();
      SimClient client = nodes.get(random.nextInt(nodes.size())).connect(uid);
      users.put(uid, client);
      logins.add(client);
    }

    private void act(SimClient client) {
      if (!client.isConnected()) {
        login(client.uid());
        return;
      }
      switch (random.nextInt(16)) {
        case 0, 1 -> enter(client, new PartyRequest.Create(TYPE, 0, NOTHING));
        case 2, 3, 4 ->
            any(sessions).ifPresent(id -> enter(client, new PartyRequest.Join(id, NOTHING)));
        case 5 -> send(client, new PartyRequest.Leave(TYPE, NOTHING));
        case 6 -> send(client, new PartyRequest.Kick(TYPE, "u" + random.nextInt(USERS), NOTHING));
        case 7 ->
            send(
                client,
                new PartyRequest.ChangeProperties(
                    TYPE,
                    Map.of(
                        "k" + random.nextInt(3),
                        random.nextBoolean()
                            ? Optional.of(Value.of(random.nextInt()))
                            : Optional.empty())));
        case 8 -> send(client, new PartyRequest.ChangeOwner(TYPE, "u" + random.nextInt(USERS)));
        case 9 -> login(client.uid());
        case 10 -> move(client);
        case 11 -> client.leave();
        default -> {
          for (int i = random.nextInt(4); i >= 0; i--) {
            say(client);
          }
        }
      }
    }

    private void say(SimClient client) {
      String data = client.uid() + " " + said++;
      client
          .send(PartyCmd.BROADCAST, new PartyRequest.Broadcast(TYPE, data.getBytes(UTF_8)).encode())
          .thenAccept(answer -> {
            if (answer.status() == Status.OK) {
              acknowledged.put(data, client);
            }
          });
    }

    private void enter(SimClient client, PartyRequest request) {
      client
          .send(request.cmd(), request.encode())
          .thenAccept(answer -> {
            if (answer.status() == Status.OK) {
              sessions.add(PartyReply.Entry.decode(answer.payload()).orElseThrow().sessionId());
            }
          });
    }

    private void send(SimClient client, PartyRequest request) {
      client.send(request.cmd(), request.encode());
    }

    private void move(SimClient client) {
      var nodes = cluster.nodes();
      client
          .node()
          .directory()
          .move(client.uid(), nodes.get(random.nextInt(nodes.size())).address());
    }

    private Optional<String> any(Collection<String> ids) {
      return ids.isEmpty()
          ? Optional.empty()
          : ids.stream().skip(random.nextInt(ids.size())).findFirst();
    }

    private void disturb() {
      if (mishaps.isAnything()) {
        mishaps.recover();
        return;
      }
      int victim = random.nextInt(3);
      switch (random.nextInt(3)) {
        case 0 -> mishaps.crash(victim);
        case 1 -> mishaps.cutOff(victim);
        default -> mishaps.freeze(victim, Duration.ofMillis(random.nextInt(8_000)));
      }
    }

    /** Nothing twice; any two heard what both heard in the same order; speakers hear themselves. */
    private void checkTalk() {
      Map<String, List<List<String>>> bySession = new HashMap<>();
      for (SimClient login : logins) {
        Mirror mirror = Mirror.of(login);
        Set<String> all = new HashSet<>();
        mirror.talkBySession.forEach((id, talk) -> {
          heard += talk.size();
          talk.forEach(
              data -> assertThat(all.add(data)).as(login.uid() + " heard once: " + data).isTrue());
          bySession.computeIfAbsent(id, unknown -> new ArrayList<>()).add(talk);
        });
        acknowledged.forEach((data, speaker) -> {
          if (speaker == login && login.isConnected() && !mirror.missed) {
            assertThat(all).as(login.uid() + " heard itself").contains(data);
          }
        });
      }
      bySession.values().forEach(Simulation::checkOneOrder);
    }

    private static void checkOneOrder(List<List<String>> talks) {
      for (List<String> one : talks) {
        for (List<String> other : talks) {
          List<String> common = new ArrayList<>(one);
          common.retainAll(new HashSet<>(other));
          List<String> same = new ArrayList<>(other);
          same.retainAll(new HashSet<>(one));
          assertThat(common).isEqualTo(same);
        }
      }
    }

    private void checkEnd() {
      Map<String, String> sessionByUid = new HashMap<>();
      Sessions module = cluster.nodes().getFirst().module(Sessions.class);
      // Those too whose maker moved before it got the answer.
      logins.forEach(login -> sessions.addAll(Mirror.of(login).talkBySession.keySet()));
      users.values().forEach(client -> Mirror.of(client).session.ifPresent(sessions::add));
      for (String id : sessions) {
        Optional<SessionInfo> info = cluster.await(module.session(id).info());
        info.ifPresent(now ->
            now.members()
                .forEach(member ->
                    assertThat(sessionByUid.put(member.uid(), id))
                        .as(member.uid() + " is in one session")
                        .isNull()));
      }
      for (SimClient client : users.values()) {
        if (client.isConnected()) {
          checkMirror(client, Optional.ofNullable(sessionByUid.get(client.uid())), module);
        } else {
          assertThat(sessionByUid).doesNotContainKey(client.uid());
        }
      }
    }

    private void checkMirror(SimClient client, Optional<String> id, Sessions module) {
      Mirror mirror = Mirror.of(client);
      assertThat(mirror.session).as(client.uid() + "'s session").isEqualTo(id);
      if (id.isPresent()) {
        members++;
        SessionInfo now = cluster.await(module.session(id.get()).info()).orElseThrow();
        assertThat(mirror.uids)
            .as(client.uid() + "'s members")
            .containsExactlyInAnyOrderElementsOf(
                now.members().stream().map(SessionInfo.Member::uid).toList());
        assertThat(mirror.owner).as(client.uid() + "'s owner").isEqualTo(now.ownerUid());
        assertThat(mirror.properties).isEqualTo(now.properties());
        PartyRequest own = new PartyRequest.ListOwn();
        SimAnswer listed = cluster.await(client.send(own.cmd(), own.encode()));
        assertThat(PartyReply.Own.decode(listed.payload()).orElseThrow().sessionIds())
            .isEqualTo(Map.of(TYPE, id.get()));
      }
    }
  }
}
