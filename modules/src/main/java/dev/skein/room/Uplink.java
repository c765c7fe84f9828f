package dev.skein.room;

import dev.skein.server.Shard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from a branch to its room. What is sent is numbered and kept until the room has heard it,
 * so that it can be sent again when the room is on another node. A room with backups may have no
 * node for some seconds; what is sent so long waits. Confined to the branch's shard.
 */
final class Uplink {
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** More than this the room must not leave unheard: the line is lost then. */
  private static final int UNHEARD_MAX_COUNT = 65_536;

  /** For so long a room with backups may have no node, or none that can be reached. */
  static final long ORPHAN_MILLIS = 10_000;

  private static final long AGAIN_MILLIS = 500;

  private final RoomNode node;
  private final Shard shard;
  private final long line;
  private final boolean backed;
  private final Runnable sever;
  private final ArrayDeque<Sent> unheard = new ArrayDeque<>();
  private final List<Runnable> whenHosted = new ArrayList<>();
  private volatile String host;
  private long lastUp;
  private long lastSeq;
  private long term;
  private long orphanedAtMillis;
  private boolean orphaned;
  private boolean closed;

  /** Something that was sent, and its number. */
  record Sent(long up, RoomMail mail) {}

  /**
   * @param backed whether the room has backups
   * @param sever what is done when the way is lost for good
   */
  Uplink(RoomNode node, Shard shard, long line, boolean backed, String host, Runnable sever) {
    this.node = node;
    this.shard = shard;
    this.line = line;
    this.backed = backed;
    this.host = host;
    this.sever = sever;
  }

  /** The mesh address of the room's node. Any thread. */
  String host() {
    return host;
  }

  /** The number of what is sent next. */
  long next() {
    return ++lastUp;
  }

  /** Sends something; with 0 for its number it may get lost. */
  void send(long up, RoomMail mail) {
    if (closed) {
      return;
    }
    if (up != 0) {
      unheard.addLast(new Sent(up, mail));
    }
    if (unheard.size() > UNHEARD_MAX_COUNT) {
      sever.run();
    } else if (!orphaned && !node.tell(host, mail) && up != 0) {
      lost();
    }
  }

  /** The room has heard everything up to this. */
  void heard(long up) {
    orphaned = false;
    while (!unheard.isEmpty() && unheard.getFirst().up <= up) {
      unheard.removeFirst();
    }
  }

  /** Whether a frame of the room has not been here yet. */
  boolean isNew(RoomMail.Numbered frame) {
    if (frame.seq() <= lastSeq) {
      return false;
    }
    orphaned = false;
    lastSeq = frame.seq();
    return true;
  }

  /**
   * Tells the room's node that it is heard from now on; first of all, and then what it has perhaps
   * not heard.
   */
  void attach() {
    boolean told = node.tell(host, new RoomMail.Attach(line, lastSeq));
    for (Sent each : unheard) {
      told = told && node.tell(host, each.mail);
    }
    if (!told) {
      lost();
    }
  }

  /** The room lives on that node from now on; {@link #attach} follows. */
  void leadTo(String next) {
    host = next;
  }

  /** A room with backups says where it is; false if another has said so later. */
  boolean follow(String sender, RoomMail.Rehosted rehosted) {
    boolean isLater = rehosted.term() > term || (rehosted.term() == term && sender.equals(host));
    if (!isLater || !sender.equals(rehosted.host())) {
      return false;
    }
    term = rehosted.term();
    host = sender;
    orphaned = false;
    attach();
    runHosted();
    return true;
  }

  /** The room cannot be reached: if it has backups, it may come back. */
  void lost() {
    if (!backed) {
      sever.run();
    } else if (!orphaned) {
      orphaned = true;
      orphanedAtMillis = nowMillis();
      shard.schedule(this::look, AGAIN_MILLIS);
    }
  }

  private void look() {
    if (closed || !orphaned) {
      return;
    }
    if (nowMillis() - orphanedAtMillis >= ORPHAN_MILLIS) {
      sever.run();
      return;
    }
    if (node.context().mesh().node(host).isPresent()) {
      // If it has the room it answers.
      attach();
    }
    shard.schedule(this::look, AGAIN_MILLIS);
  }

  private long nowMillis() {
    return shard.nanoTime() / NANOS_PER_MILLI;
  }

  /** Does something when the room has a node again, or there is an end; false if it has one. */
  boolean waitForHost(Runnable then) {
    return orphaned && !closed && whenHosted.add(then);
  }

  private void runHosted() {
    List<Runnable> waiting = List.copyOf(whenHosted);
    whenHosted.clear();
    waiting.forEach(Runnable::run);
  }

  /** Nothing is sent any more: gives what the room has perhaps not heard. */
  List<Sent> close() {
    closed = true;
    runHosted();
    return List.copyOf(unheard);
  }
}
