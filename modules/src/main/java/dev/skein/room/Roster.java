package dev.skein.room;

import dev.skein.server.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who is in a room, who may still come, and who owns it. Confined to the room's shard. */
final class Roster {
  /** Numbers up to here take one byte on the wire. */
  private static final int ONE_BYTE_NUMBERS = 63;

  private final int maxMembers;
  private final int reservationsMaxCount;
  private final @Nullable Member[] byNumber;
  private final Map<String, Member> byUid = new LinkedHashMap<>();
  private final Map<String, Long> reservedUntil = new LinkedHashMap<>();
  private volatile List<Member> members = List.of();
  private volatile int reserved;
  private volatile Optional<Member> owner = Optional.empty();
  private long nextExpiryMillis = Long.MAX_VALUE;
  private int lastNumber;

  Roster(int maxMembers, int reservationsMaxCount) {
    this.maxMembers = maxMembers;
    this.reservationsMaxCount = reservationsMaxCount;
    // Twice the capacity, so that a number rests for a while before it means somebody else:
    // unreliable messages may arrive after the news that their sender has left.
    this.byNumber = new Member[Math.max(ONE_BYTE_NUMBERS, 2 * maxMembers) + 1];
  }

  /** In the order of joining. Any thread. */
  List<Member> members() {
    return members;
  }

  /** Places kept for users who are not in. Any thread. */
  int reserved() {
    return reserved;
  }

  /** Any thread. */
  Optional<Member> owner() {
    return owner;
  }

  Optional<Member> member(String uid) {
    return Optional.ofNullable(byUid.get(uid));
  }

  /** The member with this number, which comes from the wire. */
  Optional<Member> member(long number) {
    return number > 0 && number < byNumber.length
        ? Optional.ofNullable(byNumber[(int) number])
        : Optional.empty();
  }

  boolean isEmpty() {
    return byUid.isEmpty();
  }

  /** Throws unless the user could join now. */
  void checkJoin(String uid) {
    if (byUid.containsKey(uid)) {
      throw Refusal.alreadyAMember();
    }
    int reservedForOthers = reservedUntil.size() - (reservedUntil.containsKey(uid) ? 1 : 0);
    if (byUid.size() + reservedForOthers >= maxMembers) {
      throw Refusal.full();
    }
  }

  /** Adds a member after {@link #checkJoin}; uses up its reservation. */
  Member add(User user, Ear ear, long wallMillis) {
    Member member = new Member(freeNumber(), user, ear, wallMillis);
    byNumber[member.number()] = member;
    byUid.put(member.uid(), member);
    reservedUntil.remove(member.uid());
    changed();
    return member;
  }

  /** Takes over what another node had. */
  void restore(Collection<Member> all, int owner, int last, Map<String, Long> reservations) {
    for (Member member : all) {
      byNumber[member.number()] = member;
      byUid.put(member.uid(), member);
    }
    this.owner = member(owner);
    lastNumber = last;
    reservedUntil.putAll(reservations);
    reservations.values().forEach(until -> nextExpiryMillis = Math.min(nextExpiryMillis, until));
    changed();
  }

  /** The last number that was given. */
  int lastNumber() {
    return lastNumber;
  }

  /** Places kept, and until when. */
  Map<String, Long> reservations() {
    return reservedUntil;
  }

  void remove(Member member) {
    byNumber[member.number()] = null;
    byUid.remove(member.uid());
    member.gone();
    if (owner.equals(Optional.of(member))) {
      owner = Optional.empty();
    }
    changed();
  }

  void own(Member member) {
    owner = Optional.of(member);
  }

  /** Keeps a place for each of the users, all or none; for those who have one it lasts longer. */
  void reserve(Collection<String> uids, long untilMillis) {
    List<String> wanted = new ArrayList<>();
    int more = 0;
    for (String uid : uids) {
      if (!byUid.containsKey(uid) && !wanted.contains(uid)) {
        wanted.add(uid);
        more += reservedUntil.containsKey(uid) ? 0 : 1;
      }
    }
    int all = reservedUntil.size() + more;
    if (all > reservationsMaxCount || byUid.size() + all > maxMembers) {
      throw Refusal.tooManyReservations();
    }
    for (String uid : wanted) {
      reservedUntil.merge(uid, untilMillis, Math::max);
    }
    nextExpiryMillis = Math.min(nextExpiryMillis, untilMillis);
    changed();
  }

  void cancelReservations(Collection<String> uids) {
    uids.forEach(reservedUntil::remove);
    changed();
  }

  /** When {@link #expire} has something to do, at the earliest. */
  long nextExpiryMillis() {
    return nextExpiryMillis;
  }

  void expire(long nowMillis) {
    if (nowMillis < nextExpiryMillis) {
      return;
    }
    reservedUntil.values().removeIf(until -> until <= nowMillis);
    nextExpiryMillis =
        reservedUntil.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    changed();
  }

  private void changed() {
    if (members.size() != byUid.size() || !members.equals(List.copyOf(byUid.values()))) {
      members = List.copyOf(byUid.values());
    }
    reserved = reservedUntil.size();
  }

  private int freeNumber() {
    do {
      lastNumber = lastNumber % (byNumber.length - 1) + 1;
    } while (byNumber[lastNumber] != null);
    return lastNumber;
  }
}
