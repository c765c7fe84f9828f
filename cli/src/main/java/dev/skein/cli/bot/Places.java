package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.protocol.group.GroupCmd;
import dev.skein.protocol.group.GroupReply;
import dev.skein.protocol.group.GroupRequest;
import dev.skein.protocol.group.GroupRequest.Terms;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Brings connected bots into groups and pairs. One thread; it blocks. */
final class Places {
  private static final byte[] NOTHING = {};

  private final BotPlan plan;
  private final int run;
  private final Tally tally;

  Places(BotPlan plan, int run, Tally tally) {
    this.plan = plan;
    this.run = run;
    this.tally = tally;
  }

  /** The first of every group makes it, the others come by its id. */
  List<Bot> inGroups(List<Client> clients) {
    List<GroupBot> bots = new ArrayList<>();
    List<CompletableFuture<Void>> joining = new ArrayList<>();
    for (int first = 0; first < clients.size(); first += plan.roomSize()) {
      List<Client> circle =
          clients.subList(first, Math.min(clients.size(), first + plan.roomSize()));
      TotalOrder order = new TotalOrder();
      for (Client client : circle) {
        Listener listener = Listener.toAll(run, first, circle.size(), order, tally);
        bots.add(new GroupBot(client, plan.reliable(), circle.size(), listener));
      }
      Terms terms = new Terms("bots", false, false, 0);
      GroupReply.Entry made =
          Gathering.await(enter(circle.getFirst(), new GroupRequest.Create(terms, true, NOTHING)));
      bots.get(first).inGroup(made.group());
      for (int member = 1; member < circle.size(); member++) {
        GroupBot bot = bots.get(first + member);
        joining.add(
            enter(circle.get(member), new GroupRequest.Join(made.groupId(), NOTHING))
                .thenAccept(entry -> bot.inGroup(entry.group())));
      }
    }
    joining.forEach(Gathering::await);
    return List.copyOf(bots);
  }

  /** The first of every room makes it, the others come by its id. */
  List<Bot> inCheckedRooms(List<Client> clients) {
    List<CheckBot> bots = new ArrayList<>();
    List<CompletableFuture<Void>> joining = new ArrayList<>();
    for (int first = 0; first < clients.size(); first += plan.roomSize()) {
      List<Client> room = clients.subList(first, Math.min(clients.size(), first + plan.roomSize()));
      TotalOrder order = new TotalOrder();
      Promises promises = new Promises(room.size(), tally);
      for (int member = 0; member < room.size(); member++) {
        Listener listener = Listener.toAll(run, first, room.size(), order, tally);
        int number = first + member;
        boolean sums = member == 0;
        bots.add(
            new CheckBot(room.get(member), number, room.size(), listener, promises, tally, sums));
      }
      RoomReply.Entry made = Gathering.await(Gathering.make(room.getFirst(), plan));
      bots.get(first).inRoom(made.room());
      RoomRequest join = new RoomRequest.Join(made.roomId(), NOTHING);
      for (int member = 1; member < room.size(); member++) {
        CheckBot bot = bots.get(first + member);
        joining.add(
            Gathering.enter(room.get(member), join).thenAccept(entry -> bot.inRoom(entry.room())));
      }
    }
    joining.forEach(Gathering::await);
    return List.copyOf(bots);
  }

  private static CompletableFuture<GroupReply.Entry> enter(Client client, GroupRequest request) {
    return client
        .call(GroupCmd.VER, request.cmd(), request.encode())
        .thenApply(answer ->
            GroupReply.Entry.decode(answer)
                .orElseThrow(() -> new IllegalStateException("the group's answer is malformed")));
  }

  /** Two by two; one that is left over speaks to itself. */
  List<Bot> inPairs(List<Client> clients) {
    List<Bot> bots = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      int partner = (i ^ 1) < clients.size() ? i ^ 1 : i;
      Listener listener = Listener.toOthers(run, partner, 1, -1, tally);
      bots.add(new DmBot(clients.get(i), plan.reliable(), clients.get(partner).uid(), listener));
    }
    return bots;
  }
}
