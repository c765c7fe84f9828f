package dev.skein.cli.shell;

import dev.skein.client.Client;
import dev.skein.client.session.Session;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Every session command of the protocol, for sessions by their type. */
final class SessionPhrases {
  private static final String NAMELESS = "party";

  private final Client client;

  SessionPhrases(Client client) {
    this.client = client;
    client.sessions();
  }

  List<Phrase> all() {
    return List.of(
        new Phrase("party", "[TYPE] [MAX_MEMBERS]", "a new session, with you in it", this::create),
        new Phrase("party-join", "SESSION_ID [MESSAGE]", "into a session", this::join),
        new Phrase("party-invite", "TYPE UID[,UID…] [MESSAGE]", "asks others in", this::invite),
        new Phrase(
            "party-decline", "SESSION_ID [MESSAGE]", "gives an invitation back", this::decline),
        new Phrase("party-leave", "TYPE [MESSAGE]", "out of the session", this::leave),
        new Phrase("party-kick", "TYPE UID [MESSAGE]", "removes a member", this::kick),
        new Phrase("party-owner", "TYPE UID", "makes another the owner", this::owner),
        new Phrase("party-say", "TYPE TEXT", "to everyone in the session", this::say),
        new Phrase("party-tell", "TYPE UID[,UID…] TEXT", "to some in the session", this::tell),
        new Phrase("party-set", "TYPE KEY VALUE", "sets a property", this::set),
        new Phrase("party-unset", "TYPE KEY", "removes a property", this::unset),
        new Phrase(
            "party-swap", "TYPE KEY EXPECTED|- VALUE", "sets it if it is as expected", this::swap),
        new Phrase("party-add", "TYPE KEY NUMBER", "adds to a property", this::add),
        new Phrase("parties", "", "the sessions you are in", words -> list()));
  }

  private CompletionStage<String> create(Words words) {
    return client
        .sessions()
        .create(words.at(1, NAMELESS), words.number(2, 0), new byte[0])
        .thenApply(made -> "made " + made);
  }

  private CompletionStage<String> join(Words words) {
    return client.sessions().join(words.at(1), words.bytes(2)).thenApply(joined -> "in " + joined);
  }

  private CompletionStage<String> invite(Words words) {
    return session(words)
        .invite(List.of(words.at(2).split(",")), words.bytes(3))
        .thenApply(unreached ->
            unreached.isEmpty() ? "" : "not connected: " + String.join(", ", unreached));
  }

  private CompletionStage<String> decline(Words words) {
    return done(client.sessions().decline(words.at(1), words.bytes(2)));
  }

  private CompletionStage<String> leave(Words words) {
    return done(session(words).leave(words.bytes(2)));
  }

  private CompletionStage<String> kick(Words words) {
    return done(session(words).kick(words.at(2), words.bytes(3)));
  }

  private CompletionStage<String> owner(Words words) {
    return done(session(words).changeOwner(words.at(2)));
  }

  private CompletionStage<String> say(Words words) {
    return done(session(words).broadcastConfirmed(words.bytes(2)));
  }

  private CompletionStage<String> tell(Words words) {
    return done(session(words).message(List.of(words.at(2).split(",")), words.bytes(3)));
  }

  private CompletionStage<String> set(Words words) {
    return done(session(words).setProperty(words.at(2), words.value(3)));
  }

  private CompletionStage<String> unset(Words words) {
    return done(session(words).removeProperty(words.at(2)));
  }

  private CompletionStage<String> swap(Words words) {
    Optional<Value> expected =
        words.at(3).equals("-") ? Optional.empty() : Optional.of(Words.value(words.at(3)));
    return session(words)
        .replaceProperty(words.at(2), expected, words.value(4))
        .thenApply(replaced -> replaced ? "replaced" : "it is not as expected");
  }

  private CompletionStage<String> add(Words words) {
    return session(words)
        .incrementProperty(words.at(2), words.value(3))
        .thenApply(EventLines::value);
  }

  private CompletionStage<String> list() {
    return client.sessions().list().thenApply(ids -> ids.isEmpty() ? "none" : ids.toString());
  }

  private Session session(Words words) {
    String type = words.at(1);
    return client
        .sessions()
        .ofType(type)
        .orElseThrow(() -> new Words.Misuse("you are in no session of type " + type));
  }

  private static CompletionStage<String> done(CompletableFuture<Void> stage) {
    return stage.thenApply(nothing -> "");
  }

  /** What happened in a session, in words. */
  static String line(PartyEvent event) {
    String party = "(" + event.type() + ") ";
    return party
        + switch (event) {
          case PartyEvent.Entered in ->
              "you are in " + in.sessionId() + " with " + String.join(", ", in.uids());
          case PartyEvent.Joined(String type, String uid, byte[] message) ->
              uid + " came in" + EventLines.text(message);
          case PartyEvent.Left(String type, String uid, LeaveReason why, byte[] message) ->
              uid + " is out, " + why + EventLines.text(message);
          case PartyEvent.Exited(String type, LeaveReason why, byte[] message) ->
              "you are out, " + why + EventLines.text(message);
          case PartyEvent.OwnerChanged(String type, String uid) -> uid + " owns the session now";
          case PartyEvent.PropertiesChanged(String type, Map<String, Optional<Value>> changes) ->
              "properties: " + changes.keySet();
          case PartyEvent.Said(String type, String uid, byte[] data) ->
              uid + " says" + EventLines.text(data);
          case PartyEvent.Told(String type, String uid, byte[] data) ->
              uid + " tells" + EventLines.text(data);
          case PartyEvent.Announced(String type, byte[] data) ->
              "(server) announces" + EventLines.text(data);
          case PartyEvent.Invited in ->
              in.uid() + " asks you into " + in.sessionId() + EventLines.text(in.message());
          case PartyEvent.Declined(String type, String uid, byte[] message) ->
              uid + " does not come" + EventLines.text(message);
          case PartyEvent.Missed(String type, int count) -> "you missed " + count + " news";
        };
  }
}
