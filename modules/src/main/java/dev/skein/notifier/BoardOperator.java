package dev.skein.notifier;

import dev.skein.mesh.Store;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives one node of the cluster the turn, and each id one place on the board. Pure; any thread. */
final class BoardOperator implements Store.Operator {
  private static final int TURN = 1;
  private static final int POST = 2;

  /** Asks for the turn; the answer is how many milliseconds to wait, 0 for "it is yours". */
  static byte[] turn(long intervalMillis) {
    return new PayloadWriter().u8(TURN).varint(intervalMillis).toBytes();
  }

  /** Posts a notification; the answer is 1 if it is new, 0 if not. */
  static byte[] post(Notification notification, long memoryMillis) {
    return new PayloadWriter()
        .u8(POST)
        .varint(memoryMillis)
        .varint(Math.max(Notification.TTL_MIN_MILLIS, notification.ttl().toMillis()))
        .string(notification.id())
        .u8(notification.ver())
        .u16(notification.cmd())
        .blob(notification.message())
        .toBytes();
  }

  /** The number that is an answer. */
  static long number(byte[] answer) {
    return new PayloadReader(answer).varint();
  }

  @Override
  public Store.Outcome run(byte @Nullable [] current, byte[] operation, long nowMillis) {
    Board board = Board.decode(Optional.ofNullable(current));
    board.expire(nowMillis);
    PayloadReader in = new PayloadReader(operation);
    long answer =
        switch (in.u8()) {
          case TURN -> board.takeTurn(in.varint(), nowMillis);
          case POST -> post(board, in, nowMillis);
          default -> throw new IllegalArgumentException("no operation on a board");
        };
    if (!in.finished()) {
      throw new IllegalArgumentException("no operation on a board");
    }
    return new Store.Outcome(board.encode(), 0, new PayloadWriter().varint(answer).toBytes());
  }

  private static long post(Board board, PayloadReader in, long nowMillis) {
    long memoryMillis = in.varint();
    long untilMillis = nowMillis + in.varint();
    Board.Posted posted =
        new Board.Posted(
            in.string(Notification.ID_MAX_BYTES),
            in.u8(),
            in.u16(),
            in.blob(Notification.MESSAGE_MAX_BYTES),
            untilMillis);
    return board.post(posted, memoryMillis, nowMillis) ? 1 : 0;
  }
}
