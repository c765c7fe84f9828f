package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one room as functions of its state, an input and now; what members hear goes to the
 * {@link Audience}. No clock, thread or hook. Confined to the room's shard. Inputs that the rules
 * forbid throw a {@link dev.skein.server.CommandException} and change nothing.
 */
final class RoomState {
  private final int number;
  private final String id;
  private final RoomOptions options;
  private final Audience audience;
  private final Channel channel;
  private final Channel sequenced;
  private final Roster roster;
  private final Properties properties;
  private final Objects objects;
  private final ChatLog chat;
  private final Bundler bundler;
  private final Consumer<Map<String, Optional<Value>>> objectsSynced;
  private Journal journal = Journal.NONE;
  private long emptySinceMillis;
  private boolean wasUsed;
  private boolean closed;

  /** {@code objectsSynced} hears of changed objects when the members do. */
  RoomState(
      int number,
      String id,
      RoomOptions options,
      Audience audience,
      Consumer<Map<String, Optional<Value>>> objectsSynced,
      long nowMillis) {
    this.number = number;
    this.id = id;
    this.options = options;
    this.audience = audience;
    this.channel = Channel.ordered(options.channel());
    this.sequenced = Channel.sequenced(options.channel());
    this.roster = new Roster(options.maxMembers(), options.reservationsMaxCount());
    this.properties = new Properties(options.propertiesMaxCount(), options.propertyMaxBytes());
    this.objects = new Objects(options);
    this.chat = new ChatLog(options.chatHistoryMaxCount());
    this.bundler = new Bundler(number, options, audience);
    this.objectsSynced = objectsSynced;
    this.emptySinceMillis = nowMillis;
  }

  /** Who is told of every change from now on. */
  void keep(Journal by) {
    journal = by;
    objects.keep(by);
  }

  Roster roster() {
    return roster;
  }

  Properties properties() {
    return properties;
  }

  Objects objects() {
    return objects;
  }

  boolean isClosed() {
    return closed;
  }

  // Members

  /** Throws unless the user could join now. */
  void checkJoin(String uid, byte[] message) {
    if (closed) {
      throw Refusal.closed();
    }
    checkMessage(message);
    roster.checkJoin(uid);
  }

  /** Lets a user in; the others hear the message, the user the welcome and all there is to know. */
  Member join(User user, byte[] message, byte[] welcome, long wallMillis) {
    return join(user, new Ear(user), message, welcome, wallMillis);
  }

  /** The same for a user who hears by another. */
  Member join(User user, Ear ear, byte[] message, byte[] welcome, long wallMillis) {
    checkJoin(user.uid(), message);
    bundler.flush();
    syncObjects();
    int reserved = roster.reserved();
    Member member = roster.add(user, ear, wallMillis);
    wasUsed = true;
    journal.charter();
    journal.member(member.number());
    if (roster.reserved() != reserved) {
      journal.reservations();
    }
    audience.toAll(
        RoomPush.of(new RoomEvent.Joined(number, member.number(), member.uid(), message)), channel);
    if (roster.owner().isEmpty()) {
      own(member);
    }
    audience.add(member);
    brief(member, welcome);
    return member;
  }

  private void brief(Member member, byte[] welcome) {
    int owner = roster.owner().map(Member::number).orElse(0);
    tell(
        member,
        RoomPush.of(
            new RoomEvent.Entered(
                number,
                id,
                options.type(),
                member.number(),
                owner,
                options.maxMembers(),
                options.channel(),
                options.backups() > 0,
                welcome)));
    RoomPush.roster(number, roster.members()).forEach(push -> tell(member, push));
    if (options.syncProperties()) {
      RoomPush.changes(RoomCmd.PROPERTIES, number, present(properties.all()))
          .forEach(push -> tell(member, push));
    }
    RoomPush.changes(RoomCmd.OBJECTS, number, present(objects.all()))
        .forEach(push -> tell(member, push));
    tell(member, RoomPush.of(new RoomEvent.Ready(number)));
  }

  /**
   * A member is out, for whatever reason; if it was the owner, there is none until {@link #own}.
   */
  void leave(Member member, LeaveReason reason, byte[] message, long nowMillis) {
    bundler.flush();
    roster.remove(member);
    journal.charter();
    journal.member(member.number());
    audience.remove(member);
    tell(member, RoomPush.of(new RoomEvent.Exited(number, reason, message)));
    audience.toAll(
        RoomPush.of(new RoomEvent.Left(number, member.number(), reason, message)), channel);
    objects.unlink(member, nowMillis);
    syncObjectsIfDue(nowMillis);
    if (roster.isEmpty()) {
      emptySinceMillis = nowMillis;
    }
  }

  /** Makes a member the owner. */
  void own(Member member) {
    roster.own(member);
    journal.charter();
    audience.toAll(RoomPush.of(new RoomEvent.OwnerChanged(number, member.number())), channel);
  }

  /** Throws unless the member owns the room. */
  void checkOwner(Member member) {
    if (!roster.owner().equals(Optional.of(member))) {
      throw Refusal.notTheOwner();
    }
  }

  /** Throws if a join, leave or kick message is too large. */
  void checkMessage(byte[] message) {
    if (message.length > options.messageMaxBytes()) {
      throw Refusal.tooLarge("the message");
    }
  }

  void reserve(Collection<String> uids, long ttlMillis, long nowMillis) {
    if (closed) {
      throw Refusal.closed();
    }
    Limits.ttl(ttlMillis);
    roster.reserve(uids, nowMillis + (ttlMillis == 0 ? options.reservationTtlMillis() : ttlMillis));
    journal.reservations();
  }

  void cancelReservations(Collection<String> uids) {
    roster.cancelReservations(uids);
    journal.reservations();
  }

  // Talk

  /**
   * A broadcast, relay or announcement ({@code from} null). What came reliably goes out ordered on
   * the room's channel; the rest keeps its kind.
   */
  void say(
      Address address,
      @Nullable Member from,
      byte[] data,
      int at,
      int length,
      Channel over,
      long nowMillis) {
    checkData(length);
    Channel out = outgoing(over);
    int sender = from == null ? 0 : from.number();
    boolean relay = address == Address.RELAY;
    if (options.broadcastIntervalMillis() > 0) {
      bundler.add(sender << 1 | (relay ? 1 : 0), data, at, length, out, nowMillis);
      return;
    }
    byte[] push = RoomPush.said(address, number, sender, data, at, length);
    if (relay && from != null) {
      audience.toOthers(from, push, out);
    } else {
      audience.toAll(push, out);
    }
  }

  /** To some members; {@code from} null is the server. */
  void tell(
      @Nullable Member from, Collection<Member> to, byte[] data, int at, int length, Channel over) {
    checkData(length);
    bundler.flush();
    Channel out = outgoing(over);
    byte[] push =
        from == null
            ? RoomPush.said(Address.ANNOUNCE, number, 0, data, at, length)
            : RoomPush.said(Address.MESSAGE, number, from.number(), data, at, length);
    for (Member member : to) {
      audience.to(member, push, out);
    }
  }

  private void checkData(int length) {
    if (length > options.broadcastMaxBytes()) {
      throw Refusal.tooLarge("the data");
    }
  }

  private Channel outgoing(Channel over) {
    return switch (over.kind()) {
      case ORDERED, RELIABLE -> channel;
      case SEQUENCED -> sequenced;
      case UNRELIABLE -> Channel.UNRELIABLE;
    };
  }

  /** A line of chat that passed the game's hook; an empty uid is the server. */
  ChatLine chat(String uid, String text, long wallMillis) {
    if (Limits.utf8Bytes(text) > options.chatMaxBytes()) {
      throw Refusal.tooLarge("the text");
    }
    bundler.flush();
    ChatLine line = chat.add(uid, text, wallMillis);
    journal.chat(line);
    audience.toAll(RoomPush.of(new RoomEvent.Chatted(number, line)), channel);
    return line;
  }

  List<ChatLine> chatHistory(int count) {
    return chat.newest(count, HISTORY_MAX_BYTES);
  }

  /** The answer to CHAT_HISTORY stays below the largest message. */
  private static final int HISTORY_MAX_BYTES = 48 * 1024;

  // Shared state

  /** Tells members of changed properties, if the room does so. */
  Map<String, Optional<Value>> synced(Map<String, Optional<Value>> changes) {
    if (changes.isEmpty()) {
      return changes;
    }
    journal.properties(changes.keySet());
    if (options.syncProperties()) {
      bundler.flush();
      RoomPush.changes(RoomCmd.PROPERTIES, number, changes)
          .forEach(push -> audience.toAll(push, channel));
    }
    return changes;
  }

  Map<String, Optional<Value>> set(Map<String, Value> values) {
    return synced(properties.set(values));
  }

  Map<String, Optional<Value>> update(
      String key, Function<Optional<Value>, Optional<Value>> change) {
    return synced(properties.update(key, change));
  }

  Map<String, Optional<Value>> increment(String key, Value delta) {
    return synced(properties.set(Map.of(key, properties.sum(key, delta))));
  }

  Map<String, Optional<Value>> remove(Collection<String> keys) {
    return synced(properties.remove(keys));
  }

  Value put(
      String key,
      Value value,
      Combine combine,
      long ttlMillis,
      @Nullable Member link,
      long nowMillis) {
    Limits.ttl(ttlMillis);
    Value now = objects.put(key, value, combine, ttlMillis, link, nowMillis);
    syncObjectsIfDue(nowMillis);
    return now;
  }

  void removeObject(String key, long nowMillis) {
    objects.remove(key, nowMillis);
    syncObjectsIfDue(nowMillis);
  }

  private void syncObjectsIfDue(long nowMillis) {
    if (objects.syncIsDue(nowMillis)) {
      syncObjects();
    }
  }

  private void syncObjects() {
    Map<String, Optional<Value>> changes = objects.takeChanges();
    if (!changes.isEmpty()) {
      bundler.flush();
      RoomPush.changes(RoomCmd.OBJECTS, number, changes)
          .forEach(push -> audience.toAll(push, channel));
      objectsSynced.accept(changes);
    }
  }

  // From node to node

  /** Whether something reliable that was said waits for the end of an interval. */
  boolean isBundling() {
    return bundler.holdsReliable();
  }

  /** Tells everything that waits for an interval's end. */
  void flush() {
    bundler.flush();
    syncObjects();
  }

  /** Everything there is but what is still to be told at the end of an interval. */
  RoomCopy copy(
      RoomCopy.Charter charter,
      List<RoomCopy.Way> ways,
      Function<Member, RoomCopy.Place> places,
      long nowMillis) {
    List<RoomCopy.Property> all = new ArrayList<>();
    properties.all().forEach((key, value) -> all.add(new RoomCopy.Property(key, value)));
    return new RoomCopy(
        charter,
        roster.members().stream().map(places).toList(),
        ways,
        all,
        objects.copy(nowMillis),
        chat.all(),
        reservations(nowMillis));
  }

  RoomCopy.Charter charter(boolean registered, long createdAtMillis, long nowMillis) {
    return new RoomCopy.Charter(
        id,
        number,
        RoomCopy.Terms.of(options),
        registered,
        createdAtMillis,
        wasUsed,
        nowMillis - emptySinceMillis,
        roster.owner().map(Member::number).orElse(0),
        roster.lastNumber(),
        chat.lastId());
  }

  List<RoomCopy.Reservation> reservations(long nowMillis) {
    List<RoomCopy.Reservation> kept = new ArrayList<>();
    roster
        .reservations()
        .forEach((uid, until) ->
            kept.add(new RoomCopy.Reservation(uid, Math.max(1, until - nowMillis))));
    return kept;
  }

  /** Takes over what another node had; these are the members, in the order of joining. */
  void restore(RoomCopy copy, List<Member> members, long nowMillis) {
    RoomCopy.Charter charter = copy.charter();
    Map<String, Long> kept = new LinkedHashMap<>();
    copy.reservations().forEach(each -> kept.put(each.uid(), nowMillis + each.leftMillis()));
    roster.restore(members, charter.owner(), charter.lastNumber(), kept);
    Map<String, Value> all = new HashMap<>();
    copy.properties().forEach(each -> all.put(each.key(), each.decoded()));
    properties.restore(all);
    for (RoomCopy.Thing thing : copy.objects()) {
      objects.restore(thing, roster.member(thing.link()).orElse(null), nowMillis);
    }
    chat.restore(copy.chat(), charter.lastChatId());
    wasUsed = charter.used();
    emptySinceMillis = nowMillis - charter.emptyForMillis();
  }

  // Time

  /** When {@link #onTime} or {@link #isOver} has something to say, at the earliest. */
  long nextDeadlineMillis() {
    long next = Math.min(bundler.nextDeadlineMillis(), objects.nextDeadlineMillis());
    next = Math.min(next, roster.nextExpiryMillis());
    return Math.min(next, emptyUntilMillis());
  }

  /** Whatever was to happen until now. */
  void onTime(long nowMillis) {
    if (nowMillis >= bundler.nextDeadlineMillis()) {
      bundler.flush();
    }
    roster.expire(nowMillis);
    objects.expire(nowMillis);
    syncObjectsIfDue(nowMillis);
  }

  /** True if the room is to be closed: it was left by all, or empty for too long. */
  boolean isOver(long nowMillis) {
    return nowMillis >= emptyUntilMillis();
  }

  private long emptyUntilMillis() {
    if (!roster.isEmpty() || closed) {
      return Long.MAX_VALUE;
    }
    if (wasUsed && !options.allowEmpty()) {
      return emptySinceMillis;
    }
    return options.emptyTtlMillis() == 0
        ? Long.MAX_VALUE
        : emptySinceMillis + options.emptyTtlMillis();
  }

  /** Nobody comes in any more; the caller lets the members out. */
  void close() {
    bundler.flush();
    closed = true;
    journal.closed();
  }

  private void tell(Member member, byte[] push) {
    audience.to(member, push, channel);
  }

  private static Map<String, Optional<Value>> present(Map<String, Value> values) {
    Map<String, Optional<Value>> present = new HashMap<>();
    values.forEach((key, value) -> present.put(key, Optional.of(value)));
    return present;
  }
}
