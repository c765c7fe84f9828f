package dev.skein.client.session;

import dev.skein.client.Listeners;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What this client knows of a session, by the server's events. Events come from where the client's
 * callbacks run, one at a time; any thread may read.
 */
final class SessionMirror {
  final Listeners<BiConsumer<String, byte[]>> broadcast = new Listeners<>();
  final Listeners<BiConsumer<String, byte[]>> message = new Listeners<>();
  final Listeners<Consumer<byte[]>> announce = new Listeners<>();
  final Listeners<BiConsumer<String, byte[]>> joined = new Listeners<>();
  final Listeners<Session.LeftListener> left = new Listeners<>();
  final Listeners<BiConsumer<LeaveReason, byte[]>> exited = new Listeners<>();
  final Listeners<Consumer<String>> owner = new Listeners<>();
  final Listeners<BiConsumer<String, byte[]>> declined = new Listeners<>();
  final Listeners<Consumer<Map<String, Optional<Value>>>> properties = new Listeners<>();
  final Listeners<IntConsumer> missed = new Listeners<>();

  private final String id;
  private final String type;
  private final List<String> members = new CopyOnWriteArrayList<>();
  private final Map<String, Value> values = new ConcurrentHashMap<>();
  private final byte[] welcome;
  private volatile String ownerUid;
  private volatile int maxMembers;
  private volatile boolean present = true;

  SessionMirror(PartyEvent.Entered entered) {
    this.id = entered.sessionId();
    this.type = entered.type();
    this.welcome = entered.welcome();
    this.ownerUid = entered.owner();
    renew(entered);
  }

  /** What is now, after a new login or a gap. */
  void renew(PartyEvent.Entered now) {
    members.removeIf(uid -> !now.uids().contains(uid));
    List<String> more = new ArrayList<>(now.uids());
    more.removeAll(members);
    members.addAll(more);
    values.keySet().retainAll(now.properties().keySet());
    values.putAll(now.properties());
    ownerUid = now.owner();
    maxMembers = now.maxMembers();
  }

  String id() {
    return id;
  }

  String type() {
    return type;
  }

  byte[] welcome() {
    return welcome;
  }

  int maxMembers() {
    return maxMembers;
  }

  List<String> members() {
    return List.copyOf(members);
  }

  String ownerUid() {
    return ownerUid;
  }

  Map<String, Value> values() {
    return values;
  }

  boolean isPresent() {
    return present;
  }

  void on(PartyEvent event) {
    switch (event) {
      case PartyEvent.Joined(String type, String uid, byte[] text) -> {
        members.add(uid);
        joined.tell(listener -> listener.accept(uid, text));
      }
      case PartyEvent.Left(String type, String uid, LeaveReason reason, byte[] text) -> {
        members.remove(uid);
        left.tell(listener -> listener.onLeft(uid, reason, text));
      }
      case PartyEvent.OwnerChanged(String type, String uid) -> {
        ownerUid = uid;
        owner.tell(listener -> listener.accept(uid));
      }
      case PartyEvent.PropertiesChanged(String type, Map<String, Optional<Value>> changes) -> {
        changes.forEach((key, value) ->
            value.ifPresentOrElse(now -> values.put(key, now), () -> values.remove(key)));
        properties.tell(listener -> listener.accept(changes));
      }
      case PartyEvent.Said(String type, String uid, byte[] data) ->
          broadcast.tell(listener -> listener.accept(uid, data));
      case PartyEvent.Told(String type, String uid, byte[] data) ->
          message.tell(listener -> listener.accept(uid, data));
      case PartyEvent.Announced(String type, byte[] data) ->
          announce.tell(listener -> listener.accept(data));
      case PartyEvent.Declined(String type, String uid, byte[] text) ->
          declined.tell(listener -> listener.accept(uid, text));
      case PartyEvent.Missed(String type, int count) ->
          missed.tell(listener -> listener.accept(count));
      case PartyEvent.Exited(String type, LeaveReason reason, byte[] text) -> exit(reason, text);
      case PartyEvent.Entered entered -> renew(entered);
      case PartyEvent.Invited invited -> {}
    }
  }

  void exit(LeaveReason reason, byte[] text) {
    present = false;
    exited.tell(listener -> listener.accept(reason, text));
  }
}
