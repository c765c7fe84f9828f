package dev.skein.room;

import dev.skein.server.User;
import java.util.List;

/**
 * The members of a room wherever they are. A line leads to each node that has some, over which a
 * message goes once. Confined to the room's shard.
 */
interface WideAudience extends Audience {
  /** A node is told after so much from it that the room has heard it. */
  int HEARD_COUNT = 32;

  /** Something unreliable that those over one line have heard already goes to everyone else. */
  void toOtherLines(long line, byte[] message);

  /** The seat of a member who is out is to be given up by the node that has it. */
  void vacate(Member member, RemoteUser remote);

  /** A member changes nodes: it hears nothing twice and misses nothing. */
  void move(Member member, String next, long ref, User user, Ear ear);

  /** Whether something that came over a line is new: it may come again if the room has moved. */
  boolean hears(long line, long up);

  /** A node is out of sight: whether its members keep their seats for a while. */
  boolean keeps(String node);

  /** The line to a node is no more; the caller lets its members out. */
  void lost(String node);

  // The room moves

  /** All lines, for the room's next node. */
  List<RoomCopy.Way> ways();

  /** Whether there are nodes that have not followed the room here yet. */
  boolean isSettling();

  /** The room leaves for another node: the last that is told from here. */
  void rehost(String host);

  /** The room has come here with a line, whose node will say when it has followed. */
  void restore(RoomCopy.Way way, int members);

  /** The node has followed; it has heard everything up to that {@link Frame}. */
  void attached(long line, long seq);

  /** The nodes that have not followed yet never will. */
  void giveUpWaiting();
}
