package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.Code;
import dev.skein.server.CommandException;
import dev.skein.server.Responder;
import dev.skein.server.Status;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * The commands of this node's clients that rooms of other nodes are at work on; as many as the
 * clients may have under way. Any thread.
 */
final class PendingAnswers {
  private final AtomicLong lastRef = new AtomicLong();
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

  private record Pending(String host, long line, Responder responder) {}

  /** A command goes over a line to that node; gives the number that the answer will name. */
  long expect(String host, long line, Responder responder) {
    long ref = lastRef.incrementAndGet();
    pending.put(ref, new Pending(host, line, responder));
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

  /** Nothing comes from that node any more. */
  void failNode(String host) {
    fail(waiting -> waiting.host.equals(host), Refusal.unreachable());
  }

  /** Nothing more comes over that line: the room has not heard what it did not answer. */
  void failLine(long line, CommandException refusal) {
    fail(waiting -> waiting.line == line, refusal);
  }

  private void fail(Predicate<Pending> which, CommandException refusal) {
    pending.forEach((ref, waiting) -> {
      if (which.test(waiting) && pending.remove(ref, waiting)) {
        Answers.fail(waiting.responder, refusal);
      }
    });
  }

  /** How a room answers a command of a client of another node. */
  record Remote(RoomNode node, String asker, long ref) implements Responder {
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
        node.tell(asker, new RoomMail.Answer(ref, status.code(), code, payload));
      }
    }
  }
}
