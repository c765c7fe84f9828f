package dev.skein.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a new epoch starts from. */
class FlushTest {
  private static final Epoch FIRST = new Epoch(1, 1);
  private static final Epoch SECOND = new Epoch(2, 2);
  private static final Epoch NEXT = new Epoch(3, 3);

  private static Entry entry(long seq) {
    return new Entry(
        seq, "node", seq, Utterance.of(Utterance.Kind.SAID, "alice", new byte[] {(byte) seq}));
  }

  private static Mail.Census census(
      Epoch opened, long last, int members, List<Mail.Census.Reign> history, long... kept) {
    List<Entry> entries = new ArrayList<>();
    for (long seq : kept) {
      entries.add(entry(seq));
    }
    return new Mail.Census(
        1, NEXT, NEXT, opened, last, members, Optional.empty(), history, entries);
  }

  private static Flush.Share share(Flush flush, String node) {
    return Objects.requireNonNull(flush.shares().get(node));
  }

  private static List<Long> missed(Flush flush, String node) {
    return share(flush, node).missed().stream().map(Entry::seq).toList();
  }

  @Test
  void branchesOfOneEpochGetWhatOthersHadDelivered() {
    Flush flush =
        Flush.of(
            Map.of(
                "a", census(FIRST, 5, 1, List.of(), 4, 5),
                "b", census(FIRST, 3, 1, List.of(), 3),
                "c", census(FIRST, 4, 1, List.of(), 4)),
            false);
    assertThat(flush.base()).isEqualTo(5);
    assertThat(flush.incomplete()).isFalse();
    assertThat(missed(flush, "a")).isEmpty();
    assertThat(missed(flush, "b")).containsExactly(4L, 5L);
    assertThat(missed(flush, "c")).containsExactly(5L);
  }

  @Test
  void whatNobodyKeepsIsAGap() {
    Flush flush =
        Flush.of(
            Map.of(
                "a", census(FIRST, 5, 1, List.of(), 5),
                "b", census(FIRST, 3, 1, List.of())),
            false);
    assertThat(share(flush, "a").gap()).isFalse();
    assertThat(share(flush, "b").gap()).isTrue();
    assertThat(flush.incomplete()).isTrue();
  }

  @Test
  void whoStayedBehindHasAGapAndTheOthersHaveNone() {
    List<Mail.Census.Reign> through = List.of(new Mail.Census.Reign(FIRST, 5));
    Flush flush =
        Flush.of(
            Map.of(
                "a", census(SECOND, 8, 1, through),
                "b", census(FIRST, 4, 1, List.of(), 4)),
            false);
    assertThat(flush.base()).isEqualTo(8);
    assertThat(share(flush, "a").gap()).isFalse();
    assertThat(share(flush, "b").gap()).isTrue();
  }

  @Test
  void sidesOfAPartitionThatBothWentOnHaveBothAGap() {
    List<Mail.Census.Reign> through = List.of(new Mail.Census.Reign(FIRST, 5));
    Flush flush =
        Flush.of(
            Map.of(
                "a", census(SECOND, 8, 1, through),
                "b", census(FIRST, 9, 1, List.of(), 9)),
            false);
    assertThat(flush.base()).isEqualTo(9);
    assertThat(flush.shares().values()).allMatch(Flush.Share::gap);
  }

  @Test
  void whoDidNotAnswerMakesItIncompleteAndBranchesWithoutMembersDoNotCount() {
    Flush flush = Flush.of(Map.of("a", census(FIRST, 5, 0, List.of(), 5)), true);
    assertThat(flush.base()).isZero();
    assertThat(flush.shares()).isEmpty();
    assertThat(flush.incomplete()).isTrue();
  }
}
