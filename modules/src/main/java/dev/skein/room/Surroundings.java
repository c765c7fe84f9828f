package dev.skein.room;

import dev.skein.server.Crowd;
import dev.skein.server.Shard;

/** What a room tells its surroundings and has of them. */
interface Surroundings {
  /** Any thread. The user's seat is to be given up, on its own shard. */
  void vacated(LiveRoom room, Member member);

  /** The room's shard. Its occupancy or registration may have changed. */
  void changed(LiveRoom room);

  /** An empty crowd on a shard. */
  Crowd crowd(Shard shard);

  /** The room's shard. It is no more. */
  void closed(LiveRoom room);

  /** The room's shard. Members on the node are heard over the line that this begins. */
  long openLine(LiveRoom room, String node);

  /** The room's shard. The line has no members any more. */
  void closeLine(long line);

  /** The room's shard. The line does not work: {@link LiveRoom#lost} follows. */
  void sever(LiveRoom room, String node, long line);

  /** The room's shard; false if the mail will not arrive. */
  boolean tell(String node, RoomMail mail);

  /** The user's former shard. What was kept for a member goes to its next node. */
  void handOver(Ear former, String next, long ref);
}
