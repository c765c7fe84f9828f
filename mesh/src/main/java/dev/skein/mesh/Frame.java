package dev.skein.mesh;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What nodes say to each other: one byte that tells the kind, then its fields (MESH §3). */
@SuppressWarnings("ArrayRecordComponent")
sealed interface Frame {
  /** The longest mesh address, in bytes of UTF-8. */
  int ADDRESS_MAX_BYTES = 255;

  /** The most receivers one tree may have. */
  int RECEIVERS_MAX_COUNT = 4_096;

  byte[] encode();

  /**
   * What a node says of itself.
   *
   * @param wire the version it speaks
   * @param wireOldest the oldest version it understands
   * @param asks true if the other node is to introduce itself in turn
   */
  record Node(int wire, int wireOldest, boolean asks, NodeInfo info) implements Frame {
    static final int KIND = 1;

    @Override
    public byte[] encode() {
      PayloadWriter out = start(KIND).u8(wire).u8(wireOldest).bool(asks);
      NodeInfoCodec.write(info, out);
      return out.toBytes();
    }

    /** What follows the known fields belongs to a newer version. */
    static Optional<Frame> decode(PayloadReader in) {
      int wire = in.u8();
      int wireOldest = in.u8();
      boolean asks = in.bool();
      NodeInfo info = NodeInfoCodec.read(in);
      return in.ok() ? Optional.of(new Node(wire, wireOldest, asks, info)) : Optional.empty();
    }
  }

  /** Values all nodes share. */
  record Shared(List<SharedEntry> entries) implements Frame {
    static final int KIND = 2;

    @Override
    public byte[] encode() {
      PayloadWriter out = start(KIND).varint(entries.size());
      entries.forEach(entry -> entry.write(out));
      return out.toBytes();
    }

    static Optional<Frame> decode(PayloadReader in) {
      int count = in.varint(SharedTable.ENTRIES_MAX_COUNT);
      List<SharedEntry> entries = new ArrayList<>();
      for (int i = 0; i < count && in.ok(); i++) {
        entries.add(SharedEntry.read(in));
      }
      return in.finished() ? Optional.of(new Shared(entries)) : Optional.empty();
    }
  }

  /** A command that nobody answers. */
  record Command(int id, byte[] data) implements Frame {
    static final int KIND = 3;

    @Override
    public byte[] encode() {
      return start(KIND).u16(id).raw(data).toBytes();
    }
  }

  /** A command to answer. */
  record Request(long number, int id, byte[] data) implements Frame {
    static final int KIND = 4;

    @Override
    public byte[] encode() {
      return start(KIND).varint(number).u16(id).raw(data).toBytes();
    }
  }

  /** An RPC to answer. */
  record Rpc(long number, int id, byte[] data) implements Frame {
    static final int KIND = 5;

    @Override
    public byte[] encode() {
      return start(KIND).varint(number).u16(id).raw(data).toBytes();
    }
  }

  /**
   * The answer to a request, an RPC or a question.
   *
   * @param body the answer, or the reason in UTF-8
   */
  record Answer(long number, Verdict verdict, byte[] body) implements Frame {
    static final int KIND = 6;

    @Override
    public byte[] encode() {
      return start(KIND).varint(number).u8(verdict.ordinal()).raw(body).toBytes();
    }

    static Optional<Frame> decode(PayloadReader in) {
      long number = in.varint();
      int verdict = in.u8();
      if (verdict >= Verdict.ALL.size()) {
        in.reject();
        return Optional.empty();
      }
      return ending(in, new Answer(number, Verdict.ALL.get(verdict), in.rest()));
    }
  }

  /** How a request ended; numbered in this order. */
  enum Verdict {
    OK,
    HANDLER_FAILED,
    UNREACHABLE;

    static final List<Verdict> ALL = List.of(values());
  }

  /** A message of a topic. */
  record Message(long topic, byte[] body) implements Frame {
    static final int KIND = 7;

    @Override
    public byte[] encode() {
      return start(KIND).varint(topic).raw(body).toBytes();
    }
  }

  /** A question of a topic. */
  record Question(long number, long topic, byte[] body) implements Frame {
    static final int KIND = 8;

    @Override
    public byte[] encode() {
      return start(KIND).varint(number).varint(topic).raw(body).toBytes();
    }
  }

  /**
   * A frame to take and to pass on.
   *
   * @param origin the node that sent it first
   * @param receivers those who get it through this node
   * @param inner a {@link Command} or a {@link Message}
   */
  record Tree(String origin, boolean reliable, List<String> receivers, byte[] inner)
      implements Frame {
    static final int KIND = 9;

    @Override
    public byte[] encode() {
      PayloadWriter out = start(KIND).string(origin).bool(reliable).varint(receivers.size());
      receivers.forEach(out::string);
      return out.raw(inner).toBytes();
    }

    static Optional<Frame> decode(PayloadReader in) {
      String origin = in.string(ADDRESS_MAX_BYTES);
      boolean reliable = in.bool();
      int count = in.varint(RECEIVERS_MAX_COUNT);
      List<String> receivers = new ArrayList<>();
      for (int i = 0; i < count && in.ok(); i++) {
        receivers.add(in.string(ADDRESS_MAX_BYTES));
      }
      return ending(in, new Tree(origin, reliable, receivers, in.rest()));
    }
  }

  /** Reads a frame; empty if it is malformed or of an unknown kind. */
  static Optional<Frame> decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    return switch (in.u8()) {
      case Node.KIND -> Node.decode(in);
      case Shared.KIND -> Shared.decode(in);
      case Command.KIND -> ending(in, new Command(in.u16(), in.rest()));
      case Request.KIND -> ending(in, new Request(in.varint(), in.u16(), in.rest()));
      case Rpc.KIND -> ending(in, new Rpc(in.varint(), in.u16(), in.rest()));
      case Answer.KIND -> Answer.decode(in);
      case Message.KIND -> ending(in, new Message(in.varint(), in.rest()));
      case Question.KIND -> ending(in, new Question(in.varint(), in.varint(), in.rest()));
      case Tree.KIND -> Tree.decode(in);
      default -> Optional.empty();
    };
  }

  private static PayloadWriter start(int kind) {
    return new PayloadWriter().u8(kind);
  }

  private static Optional<Frame> ending(PayloadReader in, Frame frame) {
    return in.ok() ? Optional.of(frame) : Optional.empty();
  }
}
