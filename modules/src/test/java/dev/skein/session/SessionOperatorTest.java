package dev.skein.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.Store;
import dev.skein.module.StoreAnswer;
import dev.skein.protocol.party.PartyCode;
import dev.skein.protocol.party.PartyReply;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a session decides, operation by operation. */
class SessionOperatorTest {
  private static final byte[] NOTHING = {};

  private final SessionOperator operator = new SessionOperator();
  private byte @Nullable [] kept;
  private long ttlMillis;
  private long nowMillis = 1_000_000;
  private Verdict last = new Verdict(List.of(), 1, List.of(), List.of());

  private byte[] ask(Operation... operations) {
    Store.Outcome outcome = operator.run(kept, Operation.encodeAll(List.of(operations)), nowMillis);
    if (outcome.value() != kept) {
      ttlMillis = outcome.ttlMillis();
    }
    kept = outcome.value();
    last = Verdict.decode(outcome.answer());
    return StoreAnswer.payload(last.answers().getLast());
  }

  private void refused(int code, Operation operation) {
    assertThatThrownBy(() -> ask(operation))
        .isInstanceOfSatisfying(
            CommandException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  private SessionState state() {
    byte[] bytes = kept;
    if (bytes == null) {
      throw new AssertionError("the session is no more");
    }
    return SessionState.decode(bytes);
  }

  private void make(SessionOptions options, String... uids) {
    ask(new Operation.Create(new Terms("id", options), uids.length == 0 ? "" : uids[0]));
    for (String uid : uids) {
      ask(join(uid));
    }
  }

  private static Operation join(String uid) {
    return new Operation.Join(uid, "sid-" + uid, "node-" + uid, NOTHING);
  }

  private static Operation leave(String uid) {
    return new Operation.Leave(uid, "", LeaveReason.LEFT, NOTHING);
  }

  @Test
  void theFirstMemberOwnsTheSessionAndWhoIsInLongestIsItsHeir() {
    make(SessionOptions.of("party"), "a", "b", "c");
    assertThat(state().owner()).isEqualTo("a");
    ask(leave("a"));
    assertThat(state().owner()).isEqualTo("b");
    assertThat(last.nodes()).containsExactly("node-a", "node-b", "node-c");
    ask(leave("b"), leave("c"));
    assertThat(kept).isNull();
  }

  @Test
  void aSessionHoldsNoMoreThanItsMembersAndNobodyTwice() {
    make(SessionOptions.builder().maxMembers(2).build(), "a", "b");
    refused(PartyCode.FULL, join("c"));
    refused(PartyCode.ALREADY_A_MEMBER, join("a"));
    refused(PartyCode.NOT_A_MEMBER, leave("c"));
  }

  @Test
  void onlyInvitedUsersComeIntoAnInviteOnlySessionAndNotTooLate() {
    make(SessionOptions.builder().inviteOnly(true).build(), "a");
    refused(PartyCode.NOT_INVITED, join("b"));
    refused(PartyCode.NOT_A_MEMBER, new Operation.Invite("x", List.of("b")));
    ask(new Operation.Invite("a", List.of("b", "c")));
    ask(join("b"));
    nowMillis += 60_000;
    refused(PartyCode.NOT_INVITED, join("c"));
    refused(PartyCode.NOT_INVITED, new Operation.Decline("c", NOTHING));
  }

  @Test
  void onlyTheOwnerKicksAndPassesTheSessionOn() {
    make(SessionOptions.of("party"), "a", "b");
    refused(PartyCode.NOT_THE_OWNER, new Operation.Kick("b", "a", NOTHING));
    refused(PartyCode.NO_SUCH_MEMBER, new Operation.Kick("a", "x", NOTHING));
    ask(new Operation.ChangeOwner("a", "b"));
    refused(PartyCode.NOT_THE_OWNER, new Operation.Kick("a", "b", NOTHING));
    ask(new Operation.Kick("b", "a", NOTHING));
    assertThat(state().members().keySet()).containsExactly("b");
  }

  @Test
  void aLostMemberStaysUntilItsTimeIsOverAndMayComeBackAnywhere() {
    make(SessionOptions.builder().rejoinTtlMillis(5_000).build(), "a", "b");
    ask(new Operation.LoseNode("node-a"));
    assertThat(state().nodes()).containsExactly("node-b");
    nowMillis += 4_999;
    ask(new Operation.Attach("a", "sid-new", "node-new"));
    assertThat(state().nodes()).containsExactlyInAnyOrder("node-b", "node-new");
    ask(new Operation.Lose("a", "sid-a"));
    assertThat(Objects.requireNonNull(state().members().get("a")).isLost())
        .as("of an older login")
        .isFalse();
    ask(new Operation.Lose("a", "sid-new"));
    nowMillis += 5_000;
    ask(new Operation.Touch());
    assertThat(state().members().keySet()).containsExactly("b");
    assertThat(state().owner()).isEqualTo("b");
    refused(PartyCode.NOT_A_MEMBER, new Operation.Attach("a", "sid-new", "node-new"));
  }

  @Test
  void aSessionLivesAsLongAsItIsTouchedOrMaySoonBeUsed() {
    make(SessionOptions.builder().emptyTtlMillis(7_000).build());
    assertThat(ttlMillis).isEqualTo(7_000);
    ask(join("a"));
    assertThat(ttlMillis).isEqualTo(SessionOperator.KEEP_MILLIS);
    ask(leave("a"));
    assertThat(ttlMillis).isEqualTo(7_000);
    nowMillis += 7_000;
    refused(PartyCode.NOT_FOUND, join("a"));
    assertThat(kept).isNull();
  }

  @Test
  void newsAreNumberedInOneOrderAndTheNewestAreKept() {
    make(SessionOptions.of("party"), "a");
    long before = state().seq();
    ask(new Operation.Say("a", new byte[] {1}), new Operation.Say("a", new byte[] {2}));
    assertThat(last.firstSeq()).isEqualTo(before + 1);
    assertThat(last.news()).hasSize(2);
    for (int i = 0; i < 100; i++) {
      ask(new Operation.Announce(new byte[1_000]));
    }
    assertThat(state().since(before + 1)).as("too old").isEmpty();
    assertThat(state().since(state().seq() - 9)).hasSize(10);
    refused(PartyCode.NOT_A_MEMBER, new Operation.Say("x", NOTHING));
    refused(PartyCode.NO_SUCH_MEMBER, new Operation.Tell("a", List.of("x"), NOTHING));
    refused(PartyCode.TOO_LARGE, new Operation.Say("a", new byte[16_385]));
  }

  @Test
  void propertiesAreSetReplacedAndCountedWithinTheirLimits() {
    make(SessionOptions.builder().propertiesMaxCount(2).propertiesMaxBytes(40).build(), "a");
    ask(new Operation.Change("a", Map.of("k", Optional.of(Value.of(1)))));
    byte[] sum = ask(new Operation.Increment("a", "k", Value.of(2)));
    assertThat(PartyReply.Now.decode(sum)).contains(new PartyReply.Now(Value.of(3)));
    byte[] replaced = ask(new Operation.Replace("a", "k", Optional.of(Value.of(1)), Value.of("x")));
    assertThat(PartyReply.Replaced.decode(replaced))
        .contains(new PartyReply.Replaced(false, Optional.of(Value.of(3))));
    ask(new Operation.Change("a", Map.of("k", Optional.of(Value.of(3)))));
    assertThat(last.news()).as("what changes nothing is no news").isEmpty();
    refused(
        PartyCode.TOO_LARGE,
        new Operation.Change("a", Map.of("l", Optional.of(Value.of("x".repeat(40))))));
    ask(new Operation.Change("a", Map.of("l", Optional.of(Value.of("y")))));
    refused(
        PartyCode.TOO_MANY_PROPERTIES,
        new Operation.Change("a", Map.of("m", Optional.of(Value.of(true)))));
    refused(PartyCode.WRONG_TYPE, new Operation.Increment("a", "l", Value.of(1)));
    refused(PartyCode.NOT_A_MEMBER, new Operation.Change("x", Map.of("k", Optional.empty())));
  }

  @Test
  void anOlderLoginDoesNotTakeANewerOneOut() {
    make(SessionOptions.of("party"), "a", "b");
    ask(new Operation.Attach("a", "sid-new", "node-new"));
    refused(
        PartyCode.ALREADY_A_MEMBER,
        new Operation.Leave("a", "sid-a", LeaveReason.DISCONNECTED, NOTHING));
    assertThat(state().members()).containsKey("a");
  }

  @Test
  void aUidHasOnePlaceOfAType() {
    PlaceOperator places = new PlaceOperator();
    Store.Outcome first = places.run(null, PlaceOperator.take("t", "s1", ""), nowMillis);
    assertThat(PlaceOperator.holder(first.answer())).isEqualTo("s1");
    Store.Outcome second = places.run(first.value(), PlaceOperator.take("t", "s2", ""), nowMillis);
    assertThat(PlaceOperator.holder(second.answer())).isEqualTo("s1");
    Store.Outcome instead =
        places.run(first.value(), PlaceOperator.take("t", "s2", "s1"), nowMillis);
    assertThat(PlaceOperator.holder(instead.answer())).isEqualTo("s2");
    Store.Outcome other = places.run(instead.value(), PlaceOperator.release("t", "s1"), nowMillis);
    assertThat(other.value()).isSameAs(instead.value());
    assertThat(places.run(other.value(), PlaceOperator.release("t", "s2"), nowMillis).value())
        .isNull();
  }
}
