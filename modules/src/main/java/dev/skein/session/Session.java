package dev.skein.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.party.PartyCmd;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.party.PartyReply;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A session as the server's code sees it, from any node: a name for it, which says nothing about
 * whether it still is there. Any thread may call. What is asked on one node happens in the order
 * asked there. The stages fail with {@link dev.skein.server.CommandException}, whose code is one of
 * {@link dev.skein.protocol.party.PartyCode}: thrown out of a command handler it answers the
 * client.
 */
public final class Session {
  private static final byte[] NOTHING = {};

  private final SessionNode node;
  private final String id;

  Session(SessionNode node, String id) {
    this.node = node;
    this.id = id;
  }

  /** 24 hex digits; the same on every node. */
  public String id() {
    return id;
  }

  /** What it is now; empty if it is no more. */
  public CompletionStage<Optional<SessionInfo>> info() {
    return node.state(id).thenApply(found -> found.map(SessionState::info));
  }

  // Members

  /**
   * Asks users in, by a member or by the server.
   *
   * @param by the member's uid; empty for the server
   * @param message what they are told with it
   * @return those of them who are not connected; they are invited all the same
   */
  public CompletionStage<List<String>> invite(String by, List<String> uids, byte[] message) {
    List<String> wanted = List.copyOf(new LinkedHashSet<>(uids));
    return node.state(id)
        .thenCompose(found -> {
          SessionOptions options = found.orElseThrow(Refusal::notFound).options();
          if (message.length > options.messageMaxBytes()) {
            throw Refusal.tooLarge("the message");
          }
          return call(new Operation.Invite(by, wanted))
              .thenCompose(
                  done -> tell(wanted, new PartyEvent.Invited(options.type(), id, by, message)));
        });
  }

  /** Those who were not reached. */
  private CompletionStage<List<String>> tell(List<String> uids, PartyEvent event) {
    byte[] payload = event.encode();
    List<String> unreached = new ArrayList<>();
    List<CompletableFuture<?>> telling = new ArrayList<>();
    for (String uid : uids) {
      telling.add(
          node.context()
              .directory()
              .push(uid, PartyCmd.VER, event.cmd(), payload, node.channel())
              .handle((reached, failure) -> {
                if (failure != null || !reached) {
                  synchronized (unreached) {
                    unreached.add(uid);
                  }
                }
                return reached;
              })
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(telling.toArray(CompletableFuture[]::new))
        .thenApply(told -> uids.stream().filter(unreached::contains).toList());
  }

  /** Gives a user's invitation back; the members are told. */
  public CompletionStage<Void> decline(String uid, byte[] message) {
    return done(new Operation.Decline(uid, message));
  }

  /** Lets a member out; the others get the message with the news. */
  public CompletionStage<Void> leave(String uid, byte[] message) {
    return done(new Operation.Leave(uid, "", LeaveReason.LEFT, message));
  }

  /** Removes a member. */
  public CompletionStage<Void> kick(String uid, byte[] message) {
    return done(new Operation.Kick("", uid, message));
  }

  /** Makes a member the owner. */
  public CompletionStage<Void> changeOwner(String uid) {
    return done(new Operation.ChangeOwner("", uid));
  }

  /** Ends the session; everyone is out. */
  public CompletionStage<Void> close(byte[] message) {
    return done(new Operation.Close(message));
  }

  // Talk

  /** What a member says to all members, itself included; all hear all of it in one order. */
  public CompletionStage<Void> broadcast(String from, byte[] data) {
    return done(new Operation.Say(from, data));
  }

  /** What a member says to some members, in the same order. */
  public CompletionStage<Void> message(String from, List<String> uids, byte[] data) {
    return done(new Operation.Tell(from, List.copyOf(uids), data));
  }

  /** What the server says to all members, in the same order. */
  public CompletionStage<Void> announce(byte[] data) {
    return done(new Operation.Announce(data));
  }

  // Properties

  /** Sets properties, all of them or none. */
  public CompletionStage<Void> setProperties(Map<String, Value> values) {
    Map<String, Optional<Value>> changes = new HashMap<>();
    values.forEach((key, value) -> changes.put(key, Optional.of(value)));
    return changeProperties(changes);
  }

  /** Sets one property. */
  public CompletionStage<Void> setProperty(String key, Value value) {
    return changeProperties(Map.of(key, Optional.of(value)));
  }

  /** Sets and removes (an empty value) properties, all of them or none. */
  public CompletionStage<Void> changeProperties(Map<String, Optional<Value>> changes) {
    return done(new Operation.Change("", Map.copyOf(changes)));
  }

  /** Sets a property if it still is as expected (empty: not there); false if it was not. */
  public CompletionStage<Boolean> replaceProperty(
      String key, Optional<Value> expected, Value value) {
    return call(new Operation.Replace("", key, expected, value))
        .thenApply(payload -> PartyReply.Replaced.decode(payload).orElseThrow().replaced());
  }

  /** Adds to a number, one that is not there counts as zero; gives the sum. */
  public CompletionStage<Value> incrementProperty(String key, Value delta) {
    return call(new Operation.Increment("", key, delta))
        .thenApply(payload -> PartyReply.Now.decode(payload).orElseThrow().value());
  }

  // How

  CompletionStage<byte[]> call(Operation operation) {
    return node.call(id, operation);
  }

  private CompletionStage<Void> done(Operation operation) {
    return call(operation).thenAccept(nothing -> {});
  }

  /** Unreliable talk of a member, past the order of news. */
  void sayLoosely(String uid, byte[] data, Channel over, CompletableFuture<byte[]> said) {
    node.copy(id)
        .ifPresentOrElse(
            copy ->
                copy.shard()
                    .execute(() -> {
                      try {
                        node.sayLoosely(copy, uid, data, over);
                        said.complete(NOTHING);
                      } catch (CommandException refused) {
                        said.completeExceptionally(refused);
                      }
                    }),
            () -> said.completeExceptionally(Refusal.notAMember()));
  }

  @Override
  public String toString() {
    return "session " + id;
  }
}
