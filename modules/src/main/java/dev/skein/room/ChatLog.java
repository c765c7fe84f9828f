package dev.skein.room;

import dev.skein.protocol.room.ChatLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A room's chat: the newest lines. Confined to the room's shard. */
final class ChatLog {
  private final int maxCount;
  private final Deque<ChatLine> lines = new ArrayDeque<>();
  private long lastId;

  ChatLog(int maxCount) {
    this.maxCount = maxCount;
  }

  ChatLine add(String uid, String text, long wallMillis) {
    ChatLine line = new ChatLine(++lastId, uid, wallMillis, text);
    lines.addLast(line);
    if (lines.size() > maxCount) {
      lines.removeFirst();
    }
    return line;
  }

  /** All lines, oldest first. */
  List<ChatLine> all() {
    return List.copyOf(lines);
  }

  long lastId() {
    return lastId;
  }

  /** Takes over what another node had. */
  void restore(List<ChatLine> all, long last) {
    lines.addAll(all);
    lastId = last;
  }

  /** The newest lines, oldest first, as many as fit into both limits. */
  List<ChatLine> newest(int count, int maxBytes) {
    List<ChatLine> newest = new ArrayList<>();
    int bytes = 0;
    var backwards = lines.descendingIterator();
    while (backwards.hasNext() && newest.size() < count) {
      ChatLine line = backwards.next();
      bytes += LINE_OVERHEAD_BYTES + Limits.utf8Bytes(line.uid()) + Limits.utf8Bytes(line.text());
      if (bytes > maxBytes) {
        break;
      }
      newest.add(line);
    }
    return newest.reversed();
  }

  /** id, time and two lengths at their largest. */
  private static final int LINE_OVERHEAD_BYTES = 24;
}
