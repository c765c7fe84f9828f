package dev.skein.session;

import dev.skein.protocol.party.PartyWire;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A session as it is after so many pieces of news: terms, members, owner, properties, invitations
 * and the newest news, for nodes that missed some. The store keeps it; nodes with members keep a
 * copy that hears the same news. Confined to one thread or shard.
 */
final class SessionState {
  /** News kept for nodes that missed them. */
  static final int LOG_MAX_COUNT = 64;

  /** The same in bytes; at least one piece of news is kept. */
  static final int LOG_MAX_BYTES = 32_768;

  private final Terms terms;
  private final Map<String, Place> members = new LinkedHashMap<>();
  private final Map<String, Long> invitations = new LinkedHashMap<>();
  private final Map<String, Value> properties = new LinkedHashMap<>();
  private final ArrayDeque<byte[]> log = new ArrayDeque<>();
  private int logBytes;
  private long seq;
  private String owner = "";
  private long emptySinceMillis;

  /**
   * A member in the session.
   *
   * @param sid of the login it came with or came back with
   * @param node where it is: address and id of the process
   * @param lostAtMillis when it was lost from there; 0: it is there
   */
  record Place(String uid, String sid, String node, long joinedAtMillis, long lostAtMillis) {
    boolean isLost() {
      return lostAtMillis != 0;
    }
  }

  SessionState(Terms terms, long nowMillis) {
    this.terms = terms;
    this.emptySinceMillis = nowMillis;
  }

  // What is

  String id() {
    return terms.id();
  }

  SessionOptions options() {
    return terms.options();
  }

  /** The number of the newest news. */
  long seq() {
    return seq;
  }

  /** The owner's uid; empty if there is none. */
  String owner() {
    return owner;
  }

  /** In the order of joining. */
  Map<String, Place> members() {
    return members;
  }

  Map<String, Value> properties() {
    return properties;
  }

  /** Until when, by uid. */
  Map<String, Long> invitations() {
    return invitations;
  }

  long emptySinceMillis() {
    return emptySinceMillis;
  }

  void emptySince(long nowMillis) {
    emptySinceMillis = nowMillis;
  }

  /** The nodes that have members. */
  Set<String> nodes() {
    Set<String> nodes = new HashSet<>();
    for (Place place : members.values()) {
      if (!place.isLost()) {
        nodes.add(place.node());
      }
    }
    return nodes;
  }

  /** The news from this number on; empty if they are not all there any more. */
  List<News> since(long firstSeq) {
    long oldest = seq - log.size() + 1;
    if (firstSeq < oldest) {
      return List.of();
    }
    List<News> news = new ArrayList<>();
    long next = oldest;
    for (byte[] each : log) {
      if (next++ >= firstSeq) {
        news.add(News.decode(each));
      }
    }
    return news;
  }

  SessionInfo info() {
    return new SessionInfo(
        id(),
        options(),
        owner,
        members.values().stream()
            .map(place ->
                new SessionInfo.Member(place.uid(), place.joinedAtMillis(), place.isLost()))
            .toList(),
        Map.copyOf(properties));
  }

  // What happens

  /** The next piece of news. */
  void hear(News news) {
    change(news);
    seq++;
    byte[] bytes = news.encode();
    log.addLast(bytes);
    logBytes += bytes.length;
    while (log.size() > LOG_MAX_COUNT || log.size() > 1 && logBytes > LOG_MAX_BYTES) {
      logBytes -= log.removeFirst().length;
    }
  }

  private void change(News news) {
    switch (news) {
      case News.Joined(String uid, String sid, String node, long atMillis, byte[] _) -> {
        members.put(uid, new Place(uid, sid, node, atMillis, 0));
        invitations.remove(uid);
      }
      case News.Attached(String uid, String sid, String node) ->
          members.computeIfPresent(
              uid, (key, was) -> new Place(uid, sid, node, was.joinedAtMillis(), 0));
      case News.Lost(String uid, long atMillis) ->
          members.computeIfPresent(
              uid,
              (key, was) -> new Place(uid, was.sid(), was.node(), was.joinedAtMillis(), atMillis));
      case News.Left(String uid, LeaveReason _, byte[] _) -> {
        members.remove(uid);
        owner = owner.equals(uid) ? "" : owner;
      }
      case News.Owned(String uid) -> owner = uid;
      case News.Changed(var changes) ->
          changes.forEach((key, value) ->
              value.ifPresentOrElse(now -> properties.put(key, now), () -> properties.remove(key)));
      case News.Invited(String uid, long untilMillis) -> invitations.put(uid, untilMillis);
      case News.Declined(String uid, byte[] _) -> invitations.remove(uid);
      case News.Said _, News.Told _, News.Announced _ -> {}
    }
  }

  // The bytes

  byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    terms.write(out);
    out.varint(seq).string(owner).i64(emptySinceMillis).varint(members.size());
    for (Place place : members.values()) {
      out.string(place.uid()).string(place.sid()).string(place.node());
      out.i64(place.joinedAtMillis()).i64(place.lostAtMillis());
    }
    out.varint(invitations.size());
    invitations.forEach((uid, untilMillis) -> out.string(uid).i64(untilMillis));
    PartyWire.writeValues(out, properties);
    out.varint(log.size());
    log.forEach(out::blob);
    return out.toBytes();
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are no session: another version wrote them
   */
  static SessionState decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    SessionState state = new SessionState(Terms.read(in), 0);
    state.seq = in.varint();
    state.owner = in.string(PartyWire.UID_MAX_BYTES);
    state.emptySinceMillis = in.i64();
    int memberCount = in.varint(SessionOptions.MEMBERS_MAX_COUNT);
    for (int i = 0; i < memberCount; i++) {
      Place place =
          new Place(
              in.string(PartyWire.UID_MAX_BYTES),
              in.string(News.SID_MAX_BYTES),
              in.string(News.NODE_MAX_BYTES),
              in.i64(),
              in.i64());
      state.members.put(place.uid(), place);
    }
    int invitationCount = in.varint(PartyWire.LIST_MAX_COUNT);
    for (int i = 0; i < invitationCount; i++) {
      state.invitations.put(in.string(PartyWire.UID_MAX_BYTES), in.i64());
    }
    state.properties.putAll(PartyWire.readValues(in));
    int logCount = in.varint(LOG_MAX_COUNT);
    for (int i = 0; i < logCount; i++) {
      byte[] news = in.blob(Integer.MAX_VALUE);
      state.log.addLast(news);
      state.logBytes += news.length;
    }
    if (!in.finished()) {
      throw new IllegalArgumentException("no session");
    }
    return state;
  }
}
