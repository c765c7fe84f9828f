package dev.skein.group;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.group.GroupCmd;
import dev.skein.protocol.group.GroupEvent;
import dev.skein.protocol.group.GroupReply;
import dev.skein.protocol.group.GroupRequest;
import dev.skein.protocol.group.GroupStat;
import dev.skein.protocol.payload.PayloadWriter;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Lets clients of a simulated cluster do things in groups and checks what they heard: everybody the
 * same order between two gaps; nothing twice; what was confirmed to its sender reached every member
 * on the sender's side of a partition that was in before, is in still and was told of no gap since;
 * every command is answered.
 */
final class GroupWitness {
  private static final String[] NAMES = {"north", "south", "east"};
  private static final byte[] NOTHING = {};

  private final SimCluster cluster;
  private final List<SimClient> clients = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();
  private final List<Said> lastWords = new ArrayList<>();
  private final List<CompletableFuture<SimAnswer>> others = new ArrayList<>();
  private final Set<SimClient> moved = new HashSet<>();
  private int words;

  /**
   * A broadcast: what its sender was answered, who had heard how much before it, and the nodes that
   * the sender's node and itself saw each other when it was answered.
   */
  private record Said(
      String group,
      String text,
      SimClient sender,
      CompletableFuture<SimAnswer> answer,
      Map<SimClient, Integer> before,
      Set<String> inSight) {}

  /** What one client heard of one group from an ENTERED or GAP to the next or EXITED. */
  private static final class Stretch {
    final int from;
    final List<String> heard = new ArrayList<>();
    boolean open = true;

    Stretch(int from) {
      this.from = from;
    }
  }

  GroupWitness(SimCluster cluster) {
    this.cluster = cluster;
  }

  SimClient connect(String uid) {
    var nodes = cluster.nodes();
    SimClient client = nodes.get(cluster.random().nextInt(nodes.size())).connect(uid);
    clients.add(client);
    return client;
  }

  /** One thing that a client might do. */
  void anything() {
    int chance = cluster.random().nextInt(20);
    List<SimClient> connected = clients.stream().filter(SimClient::isConnected).toList();
    if (connected.size() < 3) {
      connect("late" + clients.size());
      return;
    }
    SimClient who = connected.get(cluster.random().nextInt(connected.size()));
    String group = NAMES[cluster.random().nextInt(NAMES.length)];
    if (chance < 5) {
      join(who, group);
    } else if (chance < 6) {
      leave(who, group);
    } else if (chance == 6 && connected.size() > 4) {
      who.leave();
    } else if (chance == 7) {
      connect("new" + clients.size());
    } else {
      say(who, group);
    }
  }

  void moveSomebody() {
    SimClient who = clients.get(cluster.random().nextInt(clients.size()));
    var nodes = cluster.nodes();
    String to = nodes.get(cluster.random().nextInt(nodes.size())).address();
    if (who.isConnected() && !who.node().address().equals(to)) {
      moved.add(who);
      who.node().directory().move(who.uid(), to);
    }
  }

  void join(SimClient who, String group) {
    others.add(send(who, new GroupRequest.Join(group, NOTHING)));
  }

  private void leave(SimClient who, String group) {
    others.add(send(who, new GroupRequest.Leave(number(group), NOTHING)));
  }

  CompletableFuture<SimAnswer> say(SimClient who, String group) {
    return say(who, group, said);
  }

  private CompletableFuture<SimAnswer> say(SimClient who, String group, List<Said> into) {
    String text = who.uid() + "-" + words++;
    Map<SimClient, Integer> before = new HashMap<>();
    clients.forEach(client -> before.put(client, client.pushes().size()));
    byte[] payload = new PayloadWriter().varint(number(group)).raw(text.getBytes(UTF_8)).toBytes();
    CompletableFuture<SimAnswer> answer = who.send(GroupCmd.BROADCAST, payload);
    Set<String> inSight = new HashSet<>();
    answer.whenComplete((any, failure) -> inSight.addAll(inSightOf(who.node())));
    into.add(new Said(group, text, who, answer, before, inSight));
    return answer;
  }

  /** The nodes that see this one and are seen by it. */
  private List<String> inSightOf(SimNode node) {
    return cluster.nodes().stream()
        .filter(other -> node.mesh().node(other.address()).isPresent())
        .filter(other -> other.mesh().node(node.address()).isPresent())
        .map(SimNode::address)
        .toList();
  }

  /** Every member says something in each of its groups. */
  void sayEverywhere() {
    for (String group : NAMES) {
      for (SimClient client : clients) {
        if (client.isConnected() && isIn(client, group)) {
          say(client, group, lastWords);
        }
      }
    }
    said.addAll(lastWords);
  }

  GroupStat stat(SimClient who, String group) {
    SimAnswer answer = cluster.await(send(who, new GroupRequest.Stat(group)));
    return GroupReply.Stat.decode(answer.payload()).orElseThrow().stat();
  }

  private static CompletableFuture<SimAnswer> send(SimClient who, GroupRequest request) {
    return who.send(request.cmd(), request.encode());
  }

  private static long number(String group) {
    return Charter.ofStatic(group, GroupOptions.builder().build()).number();
  }

  // What they heard

  private List<Stretch> stretches(SimClient client, String group) {
    List<Stretch> all = new ArrayList<>();
    @Nullable Stretch now = null;
    int index = 0;
    for (SimPush push : client.pushes()) {
      GroupEvent event = GroupEvent.decode(push.cmd(), push.payload()).orElseThrow();
      if (event.group() == number(group)) {
        switch (event) {
          case GroupEvent.Entered in -> {
            now = new Stretch(index);
            all.add(now);
          }
          case GroupEvent.Gap gap -> {
            if (now != null) {
              now.open = false;
              now = new Stretch(index);
              all.add(now);
            }
          }
          case GroupEvent.Exited out -> {
            if (now != null) {
              now.open = false;
            }
            now = null;
          }
          case GroupEvent.Said heard -> {
            assertThat(now).as(cluster.seed() + ": " + client + " hears as no member").isNotNull();
            java.util.Objects.requireNonNull(now).heard.add(new String(heard.data(), UTF_8));
          }
          default -> {}
        }
      }
      index++;
    }
    return all;
  }

  private boolean isIn(SimClient client, String group) {
    List<Stretch> all = stretches(client, group);
    return !all.isEmpty() && all.getLast().open;
  }

  long hearers(String group) {
    return clients.stream()
        .filter(client -> stretches(client, group).stream().anyMatch(one -> !one.heard.isEmpty()))
        .count();
  }

  void check() {
    for (String group : NAMES) {
      Map<SimClient, List<Stretch>> heard = new LinkedHashMap<>();
      clients.forEach(client -> heard.put(client, stretches(client, group)));
      checkNothingTwice(group, heard);
      checkOneOrder(group, heard);
      checkConfirmedReachedAll(group, heard);
    }
    for (Said each : said) {
      // A simulated client does not repeat what was on its way when it moved.
      if (each.sender.isConnected() && !moved.contains(each.sender)) {
        assertThat(each.answer).as("%s: no answer to %s", cluster.seed(), each.text).isDone();
      }
    }
  }

  private void checkNothingTwice(String group, Map<SimClient, List<Stretch>> heard) {
    heard.forEach((client, stretches) -> {
      Set<String> once = new HashSet<>();
      for (Stretch stretch : stretches) {
        for (String text : stretch.heard) {
          assertThat(once.add(text))
              .as("%s: %s heard %s twice in %s", cluster.seed(), client, text, group)
              .isTrue();
        }
      }
    });
  }

  private void checkOneOrder(String group, Map<SimClient, List<Stretch>> heard) {
    List<Stretch> all = heard.values().stream().flatMap(List::stream).distinct().toList();
    if (all.size() > 200) {
      all = all.subList(0, 200);
    }
    for (Stretch one : all) {
      Map<String, Integer> places = new HashMap<>();
      one.heard.forEach(text -> places.put(text, places.size()));
      for (Stretch other : all) {
        int last = -1;
        for (String text : other.heard) {
          Integer place = places.get(text);
          if (place != null) {
            assertThat(place)
                .as("%s: %s: %s against %s", cluster.seed(), group, other.heard, one.heard)
                .isGreaterThan(last);
            last = place;
          }
        }
      }
    }
  }

  private void checkConfirmedReachedAll(String group, Map<SimClient, List<Stretch>> heard) {
    for (Said each : said) {
      if (each.group.equals(group) && isOk(each)) {
        heard.forEach((client, stretches) -> {
          Stretch now = stretches.isEmpty() ? null : stretches.getLast();
          boolean reachable =
              client.isConnected() && each.inSight.contains(client.node().address());
          if (reachable
              && now != null
              && now.open
              && now.from < each.before.getOrDefault(client, 0)) {
            assertThat(now.heard)
                .as("%s: %s of %s was confirmed", cluster.seed(), client, group)
                .contains(each.text);
          }
        });
      }
    }
  }

  private static boolean isOk(Said each) {
    return each.answer.isDone()
        && !each.answer.isCompletedExceptionally()
        && each.answer.join().status() == Status.OK;
  }

  /** Only the client's own mistakes are refused. */
  void checkThatNothingFailed() {
    for (Said each : said) {
      if (each.answer.isDone() && !each.answer.isCompletedExceptionally()) {
        assertThat(each.answer.join().status())
            .as("%s: %s", cluster.seed(), each.answer.join())
            .isNotEqualTo(Status.ERR);
      }
    }
    for (SimClient client : clients) {
      assertThat(client.pushes(GroupCmd.GAP)).as("%s: %s", cluster.seed(), client).isEmpty();
    }
  }

  void checkThatTheLastWordsArrived() {
    for (Said each : lastWords) {
      if (each.sender.isConnected()) {
        assertThat(each.answer.join().status())
            .as("%s: %s %s", cluster.seed(), each.text, each.answer.join())
            .isEqualTo(Status.OK);
      }
    }
  }
}
