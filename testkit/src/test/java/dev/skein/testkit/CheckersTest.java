package dev.skein.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CheckersTest {

  @Test
  void orderedMessagesInOrderAreComplete() {
    ExactlyOnceInOrder checker = new ExactlyOnceInOrder(3);
    byte[] first = checker.next(12);
    byte[] second = checker.next(500);
    checker.arrived(first, 0, 12);
    assertThat(checker.isComplete()).isFalse();
    checker.arrived(second, 0, 500);
    assertThat(checker.isComplete()).isTrue();
  }

  @Test
  void orderedMessagesSwappedRepeatedOrTornAreFound() {
    ExactlyOnceInOrder checker = new ExactlyOnceInOrder(3);
    byte[] first = checker.next(20);
    byte[] second = checker.next(20);
    assertThatThrownBy(() -> checker.arrived(second, 0, 20)).hasMessageContaining("expected");
    checker.arrived(first, 0, 20);
    assertThatThrownBy(() -> checker.arrived(first, 0, 20)).hasMessageContaining("got 0");
    second[15]++;
    assertThatThrownBy(() -> checker.arrived(second, 0, 20)).hasMessageContaining("torn");
  }

  @Test
  void aMessageOfAnotherStreamIsFound() {
    byte[] foreign = new ExactlyOnceInOrder(4).next(12);
    assertThatThrownBy(() -> new ExactlyOnceInOrder(3).arrived(foreign, 0, 12))
        .hasMessageContaining("a message of 4 arrived");
  }

  @Test
  void unorderedMessagesMayComeInAnyOrderButOnce() {
    ExactlyOnce checker = new ExactlyOnce(1);
    byte[] first = checker.next(12);
    byte[] second = checker.next(12);
    checker.arrived(second, 0, 12);
    checker.arrived(first, 0, 12);
    assertThat(checker.isComplete()).isTrue();
    assertThatThrownBy(() -> checker.arrived(first, 0, 12)).hasMessageContaining("twice");
  }

  @Test
  void aSequencedMessageAfterANewerOneIsFound() {
    NewestOnly checker = new NewestOnly(1);
    byte[] old = checker.next(12);
    byte[] fresh = checker.next(12);
    checker.arrived(fresh, 0, 12);
    assertThatThrownBy(() -> checker.arrived(old, 0, 12)).hasMessageContaining("came after");
  }

  @Test
  void aBoundHoldsUpToItselfAndBreaksAboveIt() {
    HighWater bytes = new HighWater("heldBytes", 10);
    bytes.observe(10);
    assertThat(bytes.highest()).isEqualTo(10);
    assertThatThrownBy(() -> bytes.observe(11)).hasMessageContaining("heldBytes is 11");
  }
}
