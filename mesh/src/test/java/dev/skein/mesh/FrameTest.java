package dev.skein.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.mesh.Frame.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final byte[] BODY = {1, 2, 3};
  private static final NodeInfo INFO =
      new NodeInfo(
          "10.0.0.1:7800",
          -5,
          "battle",
          NodeState.TAKEN,
          Map.of("UDP", "game:7100", "TCP", "game:7200"),
          70_000,
          "1.2.3",
          Map.of("zone", "a"));

  private static final List<Frame> FRAMES =
      List.of(
          new Frame.Node(3, 1, true, INFO),
          new Frame.Shared(
              List.of(
                  new SharedEntry("level", 1 << 20, -1, false, (short) -7),
                  new SharedEntry("gone", 5, 1, true, (short) 0))),
          new Frame.Command(10_001, BODY),
          new Frame.Request(1L << 40, 10_001, BODY),
          new Frame.Rpc(1, 65_535, BODY),
          new Frame.Answer(1, Verdict.HANDLER_FAILED, BODY),
          new Frame.Message(0xFFFF_FFFFL, BODY),
          new Frame.Question(2, 7, BODY),
          new Frame.Tree("10.0.0.1:7800", true, List.of("a", "b"), BODY));

  @Test
  void everyKindComesBackAsItWas() {
    for (Frame frame : FRAMES) {
      assertThat(Frame.decode(frame.encode())).get().usingRecursiveComparison().isEqualTo(frame);
    }
  }

  @Test
  void aHeaderCutShortAndAKindUnknownAreMalformed() {
    for (Frame frame : FRAMES) {
      byte[] bytes = frame.encode();
      int headerBytes =
          frame instanceof Frame.Node || frame instanceof Frame.Shared
              ? bytes.length
              : bytes.length - BODY.length;
      for (int length = 0; length < headerBytes; length++) {
        assertThat(Frame.decode(Arrays.copyOf(bytes, length))).as("%s", frame).isEmpty();
      }
    }
    assertThat(Frame.decode(new byte[] {99, 1, 2})).isEmpty();
    assertThat(Frame.decode(new byte[] {6, 1, 3})).as("verdict 3").isEmpty();
  }

  @Test
  void whatANewerVersionAddsToItsIntroductionDoesNoHarm() {
    byte[] bytes = FRAMES.getFirst().encode();
    assertThat(Frame.decode(Arrays.copyOf(bytes, bytes.length + 9))).contains(FRAMES.getFirst());
  }
}
