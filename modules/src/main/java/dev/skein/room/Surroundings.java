package dev.skein.room;

import dev.skein.server.Crowd;
import dev.skein.server.Shard;
import java.util.concurrent.CompletableFuture;

/** What a room tells its surroundings and has of them. */
interface Surroundings {
  /** Any thread. The user's seat is to be given up, on its own shard. */
  void vacated(LiveRoom room, Member member);

  /** The room's shard. Its occupancy or registration may have changed. */
  void changed(LiveRoom room);

  /** The room's shard. Its member's seat in the branch is one in the room itself now. */
  void reseat(Venue former, Venue next, Member member);

  /** Any thread. The way of the room to another node. */
  Departure departure(LiveRoom room, String to, CompletableFuture<Void> done);

  /** The room's shard. Who may take the room over. */
  Succession succession(LiveRoom room, Ledger ledger, long term);

  /** The room's shard. It leaves for that node; members of this one hear it by the branch. */
  Branch branch(LiveRoom room, String host, long line);

  /** The room's shard. It lives on that node now. */
  void departed(LiveRoom room, String host);

  /** A user of that node as a member. */
  RemoteUser remote(LiveRoom room, String node, Visitor visitor, long ref, boolean moved);

  /** This node's mesh address. */
  String self();

  /** Does in a turn of the room what a member commanded before the room had come here. */
  void perform(LiveRoom room, RoomMail sent);

  /** An empty crowd on a shard. */
  Crowd crowd(Shard shard);

  /** The room's shard. It is no more. */
  void closed(LiveRoom room);

  /** The room's shard. It is no more here; elsewhere it may be. */
  void vanished(LiveRoom room);

  /** The room's shard. Members on the node are heard over the line that this begins. */
  long openLine(LiveRoom room, String node);

  /** The room's shard. The room has brought a line to the node along from where it lived. */
  void hostLine(LiveRoom room, String node, long line);

  /** The room's shard. The line has no members any more, or the room takes it along. */
  void closeLine(LiveRoom room, long line);

  /** The room's shard. The line does not work: {@link Door#lost} follows. */
  void sever(LiveRoom room, String node, long line);

  /** The room's shard; false if the mail will not arrive. */
  boolean tell(String node, RoomMail mail);

  /** The user's former shard. What was kept for a member goes to its next node. */
  void handOver(Ear former, String next, long ref);
}
