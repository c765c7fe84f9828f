package dev.skein.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.Store.Outcome;
import dev.skein.server.cluster.UserOperation.Claim;
import dev.skein.server.cluster.UserOperation.Release;
import dev.skein.server.cluster.UserOperation.Renew;
import dev.skein.server.cluster.UserOperation.Verdict;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UserOperationTest {
  private static final int LEASE_MILLIS = 3_000;
  private static final UserEntry FIRST = new UserEntry("one", 1, "s1", "UDP");
  private static final UserEntry SECOND = new UserEntry("two", 2, "s2", "TCP");

  /** The same session on another node. */
  private static final UserEntry MOVED = new UserEntry("two", 2, "s1", "UDP");

  private byte @Nullable [] value;

  @Test
  void theFirstClaimIsGranted() {
    assertThat(claim(FIRST, true)).isEqualTo(new Verdict(true, Optional.empty()));
    assertThat(holder()).contains(FIRST);
  }

  @Test
  void aLaterClaimIsGrantedAndLearnsWhoWasBefore() {
    claim(FIRST, false);
    assertThat(claim(SECOND, false)).isEqualTo(new Verdict(true, Optional.of(FIRST)));
    assertThat(holder()).contains(SECOND);
  }

  @Test
  void aRefusingClaimStepsBackForAnotherSession() {
    claim(FIRST, true);
    assertThat(claim(SECOND, true)).isEqualTo(new Verdict(false, Optional.of(FIRST)));
    assertThat(holder()).contains(FIRST);
  }

  @Test
  void aRefusingClaimIsGrantedOverASessionKnownToBeGoneAndNoOther() {
    claim(FIRST, true);
    assertThat(run(new Claim(SECOND, true, "s0", LEASE_MILLIS)).granted()).isFalse();
    assertThat(run(new Claim(SECOND, true, "s1", LEASE_MILLIS)).granted()).isTrue();
    assertThat(holder()).contains(SECOND);
  }

  @Test
  void aSessionThatMovedKeepsItsUidAndItsFormerNodeCannotGiveItBack() {
    claim(FIRST, true);
    assertThat(claim(MOVED, true)).isEqualTo(new Verdict(true, Optional.empty()));
    assertThat(run(new Release(FIRST)).granted()).isFalse();
    assertThat(run(new Renew(FIRST, LEASE_MILLIS)).granted()).isFalse();
    assertThat(holder()).contains(MOVED);
  }

  @Test
  void aRenewalRestoresWhatWasLostButNotWhatAnotherHas() {
    assertThat(run(new Renew(FIRST, LEASE_MILLIS)).granted()).isTrue();
    assertThat(holder()).contains(FIRST);
    claim(SECOND, false);
    assertThat(run(new Renew(FIRST, LEASE_MILLIS)))
        .isEqualTo(new Verdict(false, Optional.of(SECOND)));
    assertThat(holder()).contains(SECOND);
  }

  @Test
  void onlyTheHolderGivesItsUidBack() {
    claim(FIRST, false);
    assertThat(run(new Release(SECOND)).granted()).isFalse();
    assertThat(run(new Release(FIRST)).granted()).isTrue();
    assertThat(holder()).isEmpty();
    assertThat(run(new Release(FIRST)).granted()).isTrue();
  }

  @Test
  void whatIsWrittenIsALease() {
    byte[] claim = new Claim(FIRST, false, "", LEASE_MILLIS).encode();
    assertThat(UserOperation.OPERATOR.run(null, claim, 0).ttlMillis()).isEqualTo(LEASE_MILLIS);
    byte[] renew = new Renew(FIRST, LEASE_MILLIS).encode();
    Outcome renewed = UserOperation.OPERATOR.run(FIRST.encode(), renew, 0);
    assertThat(renewed.ttlMillis()).isEqualTo(LEASE_MILLIS);
  }

  @Test
  void bytesThatAreNoOperationOrQuestionAreRefused() {
    byte[] claim = new Claim(FIRST, false, "", LEASE_MILLIS).encode();
    for (byte[] wrong : new byte[][] {{}, {-1}, {9}, {0, 5}, java.util.Arrays.copyOf(claim, 9)}) {
      assertThatThrownBy(() -> UserOperation.OPERATOR.run(null, wrong, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> NodeQuestion.decode(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private Verdict claim(UserEntry entry, boolean refusing) {
    return run(new Claim(entry, refusing, "", LEASE_MILLIS));
  }

  private Verdict run(UserOperation operation) {
    Outcome outcome = UserOperation.OPERATOR.run(value, operation.encode(), 0);
    value = outcome.value();
    return Verdict.decode(outcome.answer());
  }

  private Optional<UserEntry> holder() {
    return Optional.ofNullable(value).map(UserEntry::decode);
  }
}
