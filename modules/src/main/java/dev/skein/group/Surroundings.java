package dev.skein.group;

import java.util.Collection;

/** What branches and ledgers need of their node. Called on the group's shard only. */
interface Surroundings {

  /** This node's mesh address. */
  String self();

  /** This node's number. */
  long selfId();

  /** The address of the node that is a group's home, as this node sees the others. */
  String home(long group);

  /** The addresses of all nodes in sight, this one included. */
  Collection<String> nodes();

  /** Hands mail over for a node, this one included; false if it was refused. */
  boolean send(String address, Mail mail);

  /** The same for several; those refused are found out by what they do not acknowledge. */
  void send(Collection<String> addresses, Mail mail);

  long nowMillis();

  /** The time limits of groups. */
  Timing timing();

  /**
   * How long things may take.
   *
   * @param deliveryMillis until a publication that nobody confirmed has failed
   * @param replayMillis how long entries are kept for those who missed them
   * @param replayMaxBytes how much of them a group keeps on a node
   */
  record Timing(long deliveryMillis, long replayMillis, int replayMaxBytes) {
    /** A branch without an answer asks again. */
    static final long ATTACH_RETRY_MILLIS = 200;

    /** A promise that leads to nothing makes a branch ask. */
    static final long PROMISE_MAX_MILLIS = 1_000;

    /** A roll call goes on without those who do not answer. */
    static final long ROLL_MILLIS = 1_500;

    /** What is not acknowledged is sent again. */
    static final long RESEND_MILLIS = 500;

    /** A branch that waits for an entry asks for it. */
    static final long MISSING_MILLIS = 100;

    /** A branch without members or news is forgotten. */
    static final long IDLE_MILLIS = 10_000;
  }
}
