package dev.skein.server.cluster;

import dev.skein.protocol.Channel;
import dev.skein.protocol.record.RecordCodec;
import java.util.List;

/** What one node asks another over the topic {@value #TOPIC}. */
public sealed interface NodeQuestion {
  /** The topic's name. */
  String TOPIC = "skein.server";

  /** How are you? Answered by {@link Status}. */
  record HowAreYou() implements NodeQuestion {}

  /**
   * May a user be sent to you now? Answered by {@link Entrance}.
   *
   * @param keyPrint what the asker's tickets are sealed with; see {@link Status}
   */
  record MayEnter(String keyPrint) implements NodeQuestion {}

  /**
   * Leave the cluster gently. Answered by {@link Flag}: true if that begins now or had begun.
   *
   * @param deadlineMillis in place of the node's own {@code server.shutdownTimeoutMillis}; 0: that
   */
  record Drain(int deadlineMillis) implements NodeQuestion {}

  /** Push this to a user of yours. Answered by {@link Flag}: true if it is connected there. */
  @SuppressWarnings("ArrayRecordComponent")
  record Push(String uid, int ver, int cmd, byte[] payload, int channelKind, int channelId)
      implements NodeQuestion {

    public static Push of(String uid, int ver, int cmd, byte[] payload, Channel channel) {
      return new Push(uid, ver, cmd, payload, channel.kind().ordinal(), channel.id());
    }

    public Channel channel() {
      return Channel.of(channelKind, channelId);
    }
  }

  /** Disconnect a user of yours. Answered by {@link Flag}: true if it was connected there. */
  record Disconnect(String uid, int code, String text) implements NodeQuestion {}

  /**
   * The uid has logged in here: end that session, and answer by {@link Flag} when it has ended:
   * true if there was one.
   */
  record End(String uid, String sid) implements NodeQuestion {}

  /** Is that session with you? Answered by {@link Flag}. */
  record Have(String uid, String sid) implements NodeQuestion {}

  /** Move a user of yours to that node. Answered by {@link Flag}: true when it has arrived. */
  record Move(String uid, String node) implements NodeQuestion {}

  /**
   * How a node is.
   *
   * @param ready true if it serves
   * @param uptimeMillis since its start
   * @param nowMillis its wall clock
   * @param keyPrint a hash of the key its tickets are sealed with, which tells nothing of the key
   */
  record Status(boolean ready, long uptimeMillis, long nowMillis, String keyPrint) {
    private static final RecordCodec<Status> CODEC = RecordCodec.of(Status.class);

    public static Status decode(byte[] bytes) {
      return CODEC.decode(bytes);
    }
  }

  /**
   * Whether a user may be sent to a node.
   *
   * @param open true if it may
   * @param nowMillis the node's wall clock, by which it judges tickets
   * @param reason why not
   */
  record Entrance(boolean open, long nowMillis, String reason) {
    private static final RecordCodec<Entrance> CODEC = RecordCodec.of(Entrance.class);

    public static Entrance decode(byte[] bytes) {
      return CODEC.decode(bytes);
    }
  }

  /** Yes or no. */
  record Flag(boolean yes) {
    private static final RecordCodec<Flag> CODEC = RecordCodec.of(Flag.class);

    public static Flag decode(byte[] bytes) {
      return CODEC.decode(bytes);
    }
  }

  /** For {@link dev.skein.mesh.Topic#ask}. */
  default byte[] encode() {
    return Union.TYPES.encode((Record) this);
  }

  /**
   * The question these bytes stand for.
   *
   * @throws IllegalArgumentException if they are none
   */
  static NodeQuestion decode(byte[] bytes) {
    return Union.TYPES.decode(bytes);
  }

  /** The types on the wire, in the order of their numbers. */
  final class Union {
    private static final RecordUnion<NodeQuestion> TYPES =
        new RecordUnion<>(
            NodeQuestion.class,
            List.of(
                HowAreYou.class,
                MayEnter.class,
                Drain.class,
                Push.class,
                Disconnect.class,
                End.class,
                Have.class,
                Move.class));

    private Union() {}
  }
}
