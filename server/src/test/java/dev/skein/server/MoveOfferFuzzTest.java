package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What other nodes say of users who move, and any other bytes. */
class MoveOfferFuzzTest {
  private static final int COMMANDS_MAX = 8;

  private static MoveOffer offer() {
    return new MoveOffer(
        "alice",
        new byte[16],
        3,
        Role.TCP,
        new MoveOffer.Terms(16, 65_536, 262_144),
        1_000,
        new byte[] {1, 2, 3},
        List.of(new Command(2, 10, 77, new byte[] {9}, Channel.ordered(5))),
        new byte[] {0},
        List.of(new MoveOffer.Parcel("room", new byte[] {4})));
  }

  @FuzzTest
  void anyBytesAreAnOfferOrNone(byte[] bytes) {
    MoveOffer.decode(bytes, COMMANDS_MAX);
    MoveMessage.decode(bytes);
  }

  @Test
  void anOfferIsReadAsItWasWritten() {
    MoveOffer read = MoveOffer.decode(offer().encode(), COMMANDS_MAX).orElseThrow();
    assertThat(read).usingRecursiveComparison().isEqualTo(offer());
  }

  @Test
  void aTruncatedOrLengthenedOfferIsNone() {
    byte[] bytes = offer().encode();
    for (int length = 0; length < bytes.length; length++) {
      assertThat(MoveOffer.decode(Arrays.copyOf(bytes, length), COMMANDS_MAX)).isEmpty();
    }
    assertThat(MoveOffer.decode(Arrays.copyOf(bytes, bytes.length + 1), COMMANDS_MAX)).isEmpty();
  }

  @Test
  void anOfferOverTheLimitsIsNone() {
    byte[] bytes = offer().encode();
    assertThat(MoveOffer.decode(bytes, 0)).as("too many commands").isEmpty();
    byte[] tooLong = Arrays.copyOf(bytes, MoveOffer.MAX_BYTES + 1);
    assertThat(MoveOffer.decode(tooLong, COMMANDS_MAX)).isEmpty();
  }

  @Test
  void everyMessageIsReadAsItWasWritten() {
    MoveMessage.Address alice = new MoveMessage.Address("alice", "00", 4);
    List<MoveMessage> all =
        List.of(
            new MoveMessage.Arrived(alice),
            new MoveMessage.Withdrawn(alice),
            new MoveMessage.Forwarded(alice, Channel.sequenced(3), -5, new byte[] {1}),
            new MoveMessage.Closed(alice, new CloseReason(1014, "bye", false)));
    for (MoveMessage each : all) {
      Optional<MoveMessage> read = MoveMessage.decode(each.encode());
      assertThat(read.orElseThrow()).usingRecursiveComparison().isEqualTo(each);
    }
  }
}
