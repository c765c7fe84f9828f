package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.Code;
import dev.skein.server.CommandException;
import dev.skein.server.Responder;
import dev.skein.server.Status;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The commands of this node's clients that rooms of other nodes are at work on; as many as the
 * clients may have under way. Any thread.
 */
final class PendingAnswers {
  private final AtomicLong lastRef = new AtomicLong();
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

  /** For a command whose answer nobody waits for. */
  static final Responder NOBODY =
      new Responder() {
        @Override
        public void ok(byte[] payload) {}

        @Override
        public void bad(int code, String text) {}

        @Override
        public void err(int code, String text) {}
      };

  private record Pending(long line, Responder responder) {}

  /** A command goes over a line; gives the number that the answer will name. */
  long expect(long line, Responder responder) {
    long ref = lastRef.incrementAndGet();
    pending.put(ref, new Pending(line, responder));
    return ref;
  }

  void came(RoomMail.Answer answer) {
    Pending waiting = pending.remove(answer.ref());
    if (waiting == null) {
      return;
    }
    Responder responder = waiting.responder;
    if (answer.status() == Status.OK.code()) {
      responder.ok(answer.payload());
      return;
    }
    String text = new String(answer.payload(), StandardCharsets.UTF_8);
    if (answer.status() == Status.BAD.code()) {
      responder.bad(answer.code(), text);
    } else {
      responder.err(answer.code(), text);
    }
  }

  /** The command is done here after all: its responder. */
  Optional<Responder> take(long ref) {
    return Optional.ofNullable(pending.remove(ref)).map(Pending::responder);
  }

  /** Nothing more comes over that line: the room has not heard what it did not answer. */
  void failLine(long line, CommandException refusal) {
    pending.forEach((ref, waiting) -> {
      if (waiting.line == line && pending.remove(ref, waiting)) {
        Answers.fail(waiting.responder, refusal);
      }
    });
  }

  /** How a room answers a command of a client of another node. */
  record Remote(long ref, Consumer<RoomMail.Answer> way) implements Responder {
    @Override
    public void ok(byte[] payload) {
      answer(Status.OK, Code.NONE, payload);
    }

    @Override
    public void bad(int code, String text) {
      answer(Status.BAD, code, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void err(int code, String text) {
      answer(Status.ERR, code, text.getBytes(StandardCharsets.UTF_8));
    }

    private void answer(Status status, int code, byte[] payload) {
      if (ref != 0) {
        way.accept(new RoomMail.Answer(ref, status.code(), code, payload));
      }
    }
  }
}
