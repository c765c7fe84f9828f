package dev.skein.notifier;

import dev.skein.mesh.Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who has had a notification. Users are kept as 64 bits of the SHA-256 of their uid, spread over
 * {@value #BUCKETS} keys for each notification. Pure; any thread.
 */
final class SeenOperator implements Store.Operator {
  static final int BUCKETS = 256;

  /** Wrong clocks of the nodes do no harm up to this. */
  private static final long CLOCKS_MAX_MILLIS = 60_000;

  /** Users of one operation. */
  static final int USERS_MAX_COUNT = 1_024;

  /** What stands for a uid. */
  static long mark(String uid) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(uid.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Where the mark of a user is kept. */
  static String key(String service, String id, long mark) {
    return service + "/" + Math.floorMod(mark, BUCKETS) + "/" + id;
  }

  /**
   * Marks users; the answer has a byte for each: 1 if it was not marked before and the
   * notification's time is not over.
   */
  static byte[] claim(long untilMillis, Collection<Long> marks) {
    ByteBuffer out = ByteBuffer.allocate(Long.BYTES * (1 + marks.size())).putLong(untilMillis);
    marks.forEach(out::putLong);
    return out.array();
  }

  @Override
  public Store.Outcome run(byte @Nullable [] current, byte[] operation, long nowMillis) {
    Set<Long> seen = new HashSet<>(current == null ? List.of() : marks(ByteBuffer.wrap(current)));
    ByteBuffer in = ByteBuffer.wrap(operation);
    if (operation.length < Long.BYTES || operation.length % Long.BYTES != 0) {
      throw new IllegalArgumentException("no claim of users");
    }
    long untilMillis = in.getLong();
    List<Long> claimed = marks(in);
    byte[] answer = new byte[claimed.size()];
    if (untilMillis <= nowMillis) {
      // The claim was long under way; who had it before may be forgotten already.
      return new Store.Outcome(current, 0, answer);
    }
    ByteBuffer more = ByteBuffer.allocate(operation.length);
    for (int i = 0; i < answer.length; i++) {
      if (seen.add(claimed.get(i))) {
        answer[i] = 1;
        more.putLong(claimed.get(i));
      }
    }
    if (more.position() == 0) {
      return new Store.Outcome(current, 0, answer);
    }
    int before = current == null ? 0 : current.length;
    byte[] all = new byte[before + more.position()];
    if (current != null) {
      System.arraycopy(current, 0, all, 0, before);
    }
    System.arraycopy(more.array(), 0, all, before, more.position());
    return new Store.Outcome(all, untilMillis - nowMillis + CLOCKS_MAX_MILLIS, answer);
  }

  private static List<Long> marks(ByteBuffer in) {
    Long[] marks = new Long[in.remaining() / Long.BYTES];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = in.getLong();
    }
    return List.of(marks);
  }
}
