package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.room.Frame.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told again to lines and members that have missed something. */
class FrameLogTest {
  private static final long NOW = 1_000_000;
  private static final long NORTH = 7;
  private static final long SOUTH = 8;
  private static final byte[] LARGE = new byte[FrameLog.KEPT_MAX_BYTES / 4];

  private final FrameLog log = new FrameLog();

  private void tell(Kind kind, long line, int member, String text) {
    tell(kind, line, member, text.getBytes(UTF_8), NOW);
  }

  private void tell(Kind kind, long line, int member, byte[] bytes, long atMillis) {
    log.append(new Frame(log.last() + 1, kind, line, member, bytes), atMillis);
  }

  private static Optional<List<String>> texts(Optional<List<byte[]>> pushes) {
    return pushes.map(all -> all.stream().map(each -> new String(each, UTF_8)).toList());
  }

  private Optional<List<String>> between(long line, long since, long after) {
    return texts(
        log.between(line, since, after, log.last())
            .map(frames -> frames.stream().map(Frame::bytes).toList()));
  }

  @Test
  void aMemberIsToldAgainWhatWasForItAndForAllSinceItCame() {
    tell(Kind.ALL, 0, 0, "before");
    tell(Kind.SEAT, NORTH, 1, "seat");
    tell(Kind.ONE, NORTH, 1, "entered");
    tell(Kind.ALL, 0, 0, "a");
    tell(Kind.ALL, 0, 1, "not for 1");
    tell(Kind.ONE, SOUTH, 2, "for 2");
    tell(Kind.NOTE, NORTH, 0, "answer");
    tell(Kind.ALL, 0, 2, "b");
    assertThat(texts(log.missed(1, 3))).contains(List.of());
    assertThat(texts(log.missed(1, 2))).contains(List.of("b"));
    assertThat(texts(log.missed(1, 0))).contains(List.of("entered", "a", "b"));
    assertThat(log.missed(1, 4)).as("more than there was").isEmpty();
    assertThat(log.missed(2, 0)).as("who is not in").isEmpty();
    tell(Kind.VACATE, NORTH, 1, "out");
    assertThat(log.missed(1, 0)).as("who is out").isEmpty();
  }

  @Test
  void aLineIsToldAgainWhatIsForItAndWhatWasForAllSinceItBegan() {
    tell(Kind.ALL, 0, 0, "1");
    tell(Kind.SEAT, NORTH, 1, "2");
    tell(Kind.NOTE, SOUTH, 0, "3");
    tell(Kind.ALL, 0, 0, "4");
    assertThat(between(NORTH, 2, 0)).contains(List.of("2", "4"));
    assertThat(between(NORTH, 2, 2)).contains(List.of("4"));
    assertThat(between(SOUTH, 1, 0)).contains(List.of("1", "3", "4"));
    assertThat(log.between(NORTH, 2, 0, 3)).as("up to the third").get().asList().hasSize(1);
  }

  @Test
  void whatIsTooMuchGoesAndIsMissedOnlyByThoseItWasFor() {
    tell(Kind.SEAT, NORTH, 1, "seat");
    tell(Kind.SEAT, SOUTH, 2, "seat");
    tell(Kind.NOTE, SOUTH, 0, LARGE, NOW);
    for (int i = 0; i < 4; i++) {
      tell(Kind.ONE, NORTH, 1, LARGE, NOW);
    }
    assertThat(log.between(SOUTH, 1, 2, log.last())).as("the note is gone").isEmpty();
    assertThat(between(SOUTH, 1, 3)).contains(List.of());
    assertThat(log.missed(1, 0)).isEmpty();
    assertThat(log.missed(1, 1)).get().asList().hasSize(3);
    assertThat(log.missed(2, 0)).contains(List.of());
  }

  @Test
  void whatIsTooOldGoes() {
    tell(Kind.SEAT, NORTH, 1, "seat".getBytes(UTF_8), NOW);
    tell(Kind.ALL, 0, 0, "old".getBytes(UTF_8), NOW);
    tell(Kind.ALL, 0, 0, "new".getBytes(UTF_8), NOW + FrameLog.KEPT_MILLIS);
    assertThat(texts(log.missed(1, 0))).contains(List.of("old", "new"));
    tell(Kind.ALL, 0, 0, "newest".getBytes(UTF_8), NOW + FrameLog.KEPT_MILLIS + 1);
    assertThat(log.missed(1, 0)).isEmpty();
    assertThat(texts(log.missed(1, 1))).contains(List.of("new", "newest"));
    assertThat(log.between(NORTH, 1, 1, log.last())).isEmpty();
  }

  @Test
  void aCopyKnowsTheSameAndTakesNothingTwice() {
    tell(Kind.SEAT, NORTH, 1, "seat");
    tell(Kind.ALL, 0, 0, "a");
    FrameLog copy = FrameLog.decode(log.encode(NOW + 10), 5_000);
    Frame next = new Frame(3, Kind.ALL, 0, 0, "b".getBytes(UTF_8));
    copy.append(next, 5_001);
    copy.append(next, 5_002);
    assertThat(copy.last()).isEqualTo(3);
    assertThat(texts(copy.missed(1, 0))).contains(List.of("a", "b"));
    assertThat(Frame.decode(Frame.encode(List.of(next))))
        .usingRecursiveComparison()
        .isEqualTo(List.of(next));
  }
}
