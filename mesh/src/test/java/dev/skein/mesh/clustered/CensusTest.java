package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CensusTest {
  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);
  private static final UUID C = new UUID(0, 3);
  private static final UUID NEW_B = new UUID(0, 4);

  private final Census census = new Census();

  private void wholeWith(Set<UUID> nodes) {
    census.see(nodes);
    nodes.forEach(node -> census.listens(node, endpoint(node)));
    census.whole();
  }

  private static InetSocketAddress endpoint(UUID node) {
    return InetSocketAddress.createUnresolved("host", (int) node.getLeastSignificantBits());
  }

  private void refuse(UUID node, int times) {
    for (int i = 0; i < times; i++) {
      census.probed(node, true);
    }
  }

  @Test
  void moreThanHalfGoOnAndHalfDoNot() {
    wholeWith(Set.of(A, B, C));
    census.see(Set.of(A, B));
    assertThat(census.mayGoOn()).isTrue();

    census.whole();
    census.see(Set.of(A));
    assertThat(census.mayGoOn()).isFalse();
    assertThat(census.missing()).containsOnlyKeys(B);
  }

  @Test
  void aNodeIsDeadAfterEnoughRefusalsInARow() {
    wholeWith(Set.of(A, B));
    census.see(Set.of(A));

    refuse(B, Census.REFUSALS_COUNT - 1);
    census.probed(B, false);
    refuse(B, Census.REFUSALS_COUNT - 1);
    assertThat(census.mayGoOn()).isFalse();

    refuse(B, 1);
    assertThat(census.mayGoOn()).isTrue();
    assertThat(census.missing()).isEmpty();
  }

  @Test
  void thoseWhoSaidGoodbyeAreNotMissed() {
    wholeWith(Set.of(A, B, C));
    census.saidGoodbye(B);
    census.saidGoodbye(C);

    census.see(Set.of(A));

    assertThat(census.mayGoOn()).isTrue();
    assertThat(census.missing()).isEmpty();
  }

  @Test
  void aNodeWhosePlaceIsTakenIsDead() {
    wholeWith(Set.of(A, B));
    census.see(Set.of(A));
    census.see(Set.of(A, NEW_B));
    assertThat(census.mayGoOn()).isFalse();

    census.listens(NEW_B, endpoint(B));

    assertThat(census.mayGoOn()).isTrue();
  }

  @Test
  void theDeadLeaveTheOthersToCountAmongThemselves() {
    wholeWith(Set.of(A, B, C));
    census.see(Set.of(A));
    refuse(B, Census.REFUSALS_COUNT);
    assertThat(census.mayGoOn()).as("one of two that remain").isFalse();

    refuse(C, Census.REFUSALS_COUNT);
    assertThat(census.mayGoOn()).isTrue();
  }

  @Test
  void aNodeThatNeverSawTheClusterWholeCountsFromItsFirstView() {
    census.see(Set.of(A, B));

    census.see(Set.of(A));

    assertThat(census.mayGoOn()).isFalse();
  }
}
