package dev.skein.session;

import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A session as it was a moment ago. Immutable.
 *
 * @param id 24 hex digits, of which nobody can guess 16; the same on every node
 * @param options what it was made with
 * @param ownerUid empty if there is no owner
 * @param members in the order of joining
 * @param properties a copy
 */
public record SessionInfo(
    String id,
    SessionOptions options,
    String ownerUid,
    List<Member> members,
    Map<String, Value> properties) {

  /**
   * A user in the session.
   *
   * @param joinedAtMillis Unix time
   * @param away true while it is on no node and may come back
   */
  public record Member(String uid, long joinedAtMillis, boolean away) {}

  public String type() {
    return options.type();
  }

  /** The member with this uid. */
  public Optional<Member> member(String uid) {
    return members.stream().filter(member -> member.uid().equals(uid)).findFirst();
  }
}
