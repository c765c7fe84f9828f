package dev.skein.session;

import dev.skein.protocol.party.PartyCmd;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.Messages;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One piece of news as the PUSH messages that members get; what is the same for several is encoded
 * once. Confined to one shard.
 */
final class SessionPush {
  private static final byte[] NONE = {};

  private final String type;
  private final News news;
  private byte @Nullable [] forOthers;

  SessionPush(String type, News news) {
    this.type = type;
    this.news = news;
  }

  News news() {
    return news;
  }

  /** What this member is sent; empty for nothing. */
  byte[] to(String uid) {
    return switch (news) {
      case News.Joined joined -> joined.uid().equals(uid) ? NONE : forOthers();
      case News.Left left ->
          left.uid().equals(uid)
              ? encode(new PartyEvent.Exited(type, left.reason(), left.message()))
              : forOthers();
      case News.Told told -> told.uids().contains(uid) ? forOthers() : NONE;
      case News.Attached _, News.Lost _, News.Invited _ -> NONE;
      case News.Owned _, News.Changed _, News.Said _, News.Announced _, News.Declined _ ->
          forOthers();
    };
  }

  private byte[] forOthers() {
    byte[] known = forOthers;
    if (known == null) {
      known = event().map(SessionPush::encode).orElse(NONE);
      forOthers = known;
    }
    return known;
  }

  private Optional<PartyEvent> event() {
    return Optional.ofNullable(
        switch (news) {
          case News.Joined(String uid, String _, String _, long _, byte[] message) ->
              new PartyEvent.Joined(type, uid, message);
          case News.Left(String uid, LeaveReason reason, byte[] message) ->
              new PartyEvent.Left(type, uid, reason, message);
          case News.Owned(String uid) -> new PartyEvent.OwnerChanged(type, uid);
          case News.Changed(var changes) -> new PartyEvent.PropertiesChanged(type, changes);
          case News.Said(String uid, byte[] data) -> new PartyEvent.Said(type, uid, data);
          case News.Told(String uid, List<String> _, byte[] data) ->
              new PartyEvent.Told(type, uid, data);
          case News.Announced(byte[] data) -> new PartyEvent.Announced(type, data);
          case News.Declined(String uid, byte[] message) ->
              new PartyEvent.Declined(type, uid, message);
          case News.Attached _, News.Lost _, News.Invited _ -> null;
        });
  }

  /** What a member is sent that knows nothing of the session yet. */
  static byte[] entered(SessionState state, byte[] welcome) {
    return encode(
        new PartyEvent.Entered(
            state.options().type(),
            state.id(),
            state.owner(),
            state.options().maxMembers(),
            List.copyOf(state.members().keySet()),
            state.properties(),
            welcome));
  }

  /** What a member is sent that missed too much. */
  static byte[] missed(SessionState state, long count) {
    return encode(
        new PartyEvent.Missed(state.options().type(), (int) Math.min(count, Integer.MAX_VALUE)));
  }

  static byte[] encode(PartyEvent event) {
    return Messages.push(PartyCmd.VER, event.cmd(), event.encode());
  }
}
