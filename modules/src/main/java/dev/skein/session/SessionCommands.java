package dev.skein.session;

import dev.skein.module.Answers;
import dev.skein.module.Malformed;
import dev.skein.protocol.party.PartyCmd;
import dev.skein.protocol.party.PartyReply;
import dev.skein.protocol.party.PartyRequest;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.Command;
import dev.skein.server.ModuleContext;
import dev.skein.server.Responder;
import dev.skein.server.User;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The built-in commands of clients (PROTOCOL §10.2.3). Runs on the user's shard. */
final class SessionCommands {
  private final Sessions sessions;

  SessionCommands(Sessions sessions) {
    this.sessions = sessions;
  }

  void register(ModuleContext context, boolean exposed) {
    for (int cmd = PartyCmd.CREATE; cmd <= PartyCmd.LIST; cmd++) {
      context.builtIn(cmd, exposed, this::handle);
    }
  }

  private void handle(User user, Command command, Responder responder) {
    PartyRequest request =
        PartyRequest.decode(command.cmd(), command.payload()).orElseThrow(Malformed::payload);
    Answers.when(answer(user, command, request), responder, Function.identity());
  }

  private CompletionStage<byte[]> answer(User user, Command command, PartyRequest request) {
    return switch (request) {
      case PartyRequest.Create(String type, int maxMembers, byte[] message) ->
          sessions
              .entrance()
              .create(user, sessions.optionsFor(user, type, maxMembers), message)
              .thenApply(session -> new PartyReply.Entry(type, session.id()).encode());
      case PartyRequest.Join(String id, byte[] message) -> join(user, id, message);
      case PartyRequest.Decline(String id, byte[] message) ->
          sessions.session(id).decline(user.uid(), message).thenApply(SessionCommands::done);
      case PartyRequest.ListOwn _ -> CompletableFuture.completedFuture(own(user));
      case PartyRequest.InSession asked -> {
        Seat seat =
            sessions
                .node()
                .seatsIfAny(user)
                .flatMap(seats -> seats.ofType(asked.type()))
                .orElseThrow(Refusal::notAMember);
        yield inSession(user, sessions.session(seat.sessionId()), command, asked);
      }
    };
  }

  private CompletionStage<byte[]> join(User user, String id, byte[] message) {
    return sessions
        .entrance()
        .join(user, id, message)
        .thenApply(session -> {
          String type =
              sessions.node().seatsOf(user).all().stream()
                  .filter(seat -> seat.sessionId().equals(id))
                  .map(Seat::type)
                  .findFirst()
                  .orElse("");
          return new PartyReply.Entry(type, id).encode();
        });
  }

  private byte[] own(User user) {
    Map<String, String> ids = new LinkedHashMap<>();
    sessions
        .node()
        .seatsIfAny(user)
        .ifPresent(seats -> seats.all().forEach(seat -> ids.put(seat.type(), seat.sessionId())));
    return new PartyReply.Own(ids).encode();
  }

  private CompletionStage<byte[]> inSession(
      User user, Session session, Command command, PartyRequest.InSession asked) {
    String uid = user.uid();
    return switch (asked) {
      case PartyRequest.Invite(String _, var uids, byte[] message) -> {
        sessions.node().hooks().ask(hook -> hook.beforeInvite(session, user, uids));
        yield session
            .invite(uid, uids, message)
            .thenApply(unreached -> new PartyReply.Unreached(unreached).encode());
      }
      case PartyRequest.Leave(String _, byte[] message) ->
          session.call(new Operation.Leave(uid, "", LeaveReason.LEFT, message));
      case PartyRequest.Kick(String _, String whom, byte[] message) ->
          session.call(new Operation.Kick(uid, whom, message));
      case PartyRequest.ChangeOwner(String _, String whom) ->
          session.call(new Operation.ChangeOwner(uid, whom));
      case PartyRequest.Broadcast(String _, byte[] data) -> broadcast(uid, session, command, data);
      case PartyRequest.Message(String _, var uids, byte[] data) ->
          session.call(new Operation.Tell(uid, uids, data));
      case PartyRequest.ChangeProperties(String _, var changes) -> {
        check(session, user, changes);
        yield session.call(new Operation.Change(uid, changes));
      }
      case PartyRequest.ReplaceProperty(String _, String key, var expected, Value value) -> {
        check(session, user, Map.of(key, Optional.of(value)));
        yield session.call(new Operation.Replace(uid, key, expected, value));
      }
      case PartyRequest.IncrementProperty(String _, String key, Value delta) -> {
        check(session, user, Map.of(key, Optional.of(delta)));
        yield session.call(new Operation.Increment(uid, key, delta));
      }
    };
  }

  /** Reliable talk has its place in the one order of news; what may be lost goes past it. */
  private static CompletionStage<byte[]> broadcast(
      String uid, Session session, Command command, byte[] data) {
    if (command.channel().kind().reliable()) {
      return session.call(new Operation.Say(uid, data));
    }
    CompletableFuture<byte[]> said = new CompletableFuture<>();
    session.sayLoosely(uid, data, command.channel(), said);
    return said;
  }

  private void check(Session session, User user, Map<String, Optional<Value>> changes) {
    sessions.node().hooks().ask(hook -> hook.beforePropertiesChange(session, user, changes));
  }

  private static byte[] done(Void nothing) {
    return new PartyReply.Done().encode();
  }
}
