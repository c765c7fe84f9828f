package dev.skein.server.cluster;

import dev.skein.mesh.Store;
import dev.skein.protocol.record.RecordCodec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What nodes do to a uid's entry in the store. The owner of the uid runs it, one at a time, so that
 * of two logins anywhere one is the later one. An entry lives for a lease: what a dead node leaves
 * behind goes by itself, and the dead do not answer for it meanwhile.
 */
public sealed interface UserOperation {
  /** The store's name. */
  String STORE = "skein.users";

  /** Runs an encoded operation. */
  Store.Operator OPERATOR =
      (current, operation, nowMillis) ->
          Union.TYPES
              .decode(operation)
              .run(current == null ? null : UserEntry.decode(current), current);

  /**
   * A session asks for its uid.
   *
   * @param entry the session's
   * @param refusing true if it steps back for another session
   * @param over the sid of a session that does not count, because it is known to be gone; or empty
   * @param leaseMillis how long the entry lives without a {@link Renew}
   */
  record Claim(UserEntry entry, boolean refusing, String over, int leaseMillis)
      implements UserOperation {}

  /** A session keeps its uid, also after the cluster has lost it; not if another has it now. */
  record Renew(UserEntry entry, int leaseMillis) implements UserOperation {}

  /** A session gives its uid back, if it is still its own. */
  record Release(UserEntry entry) implements UserOperation {}

  /**
   * What the store says.
   *
   * @param granted true if the entry is the session's now (or, released, nobody's)
   * @param other the session that had the uid before, or that has it
   */
  record Verdict(boolean granted, Optional<UserEntry> other) {
    private static final RecordCodec<Verdict> CODEC = RecordCodec.of(Verdict.class);

    /** The verdict these bytes stand for. */
    public static Verdict decode(byte[] bytes) {
      return CODEC.decode(bytes);
    }
  }

  /** For {@link Store#apply}. */
  default byte[] encode() {
    return Union.TYPES.encode((Record) this);
  }

  private Store.Outcome run(@Nullable UserEntry current, byte @Nullable [] bytes) {
    return switch (this) {
      case Claim claim -> run(claim, current, bytes);
      case Renew(var entry, var leaseMillis) ->
          current == null || current.isSameSession(entry)
              ? written(entry, leaseMillis, Optional.empty())
              : unchanged(current, bytes, false);
      case Release(var entry) ->
          current != null && current.isSameSession(entry)
              ? new Store.Outcome(null, 0, answer(true, Optional.empty()))
              : unchanged(current, bytes, current == null);
    };
  }

  private static Store.Outcome run(
      Claim claim, @Nullable UserEntry current, byte @Nullable [] bytes) {
    // The same sid elsewhere is the same session, which has moved here.
    if (current == null || current.sid().equals(claim.entry.sid())) {
      return written(claim.entry, claim.leaseMillis, Optional.empty());
    }
    return claim.refusing && !current.sid().equals(claim.over)
        ? unchanged(current, bytes, false)
        : written(claim.entry, claim.leaseMillis, Optional.of(current));
  }

  private static Store.Outcome written(
      UserEntry entry, int leaseMillis, Optional<UserEntry> former) {
    return new Store.Outcome(entry.encode(), leaseMillis, answer(true, former));
  }

  private static Store.Outcome unchanged(
      @Nullable UserEntry current, byte @Nullable [] bytes, boolean granted) {
    return new Store.Outcome(bytes, 0, answer(granted, Optional.ofNullable(current)));
  }

  private static byte[] answer(boolean granted, Optional<UserEntry> other) {
    return RecordCodec.encodeRecord(new Verdict(granted, other));
  }

  /** The types on the wire, in the order of their numbers. */
  final class Union {
    private static final RecordUnion<UserOperation> TYPES =
        new RecordUnion<>(UserOperation.class, List.of(Claim.class, Renew.class, Release.class));

    private Union() {}
  }
}
