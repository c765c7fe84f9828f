package dev.skein.cli.bot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final int RUN = 77;
  private final Tally tally = new Tally();
  private final Listener listener = Listener.toOthers(RUN, 10, 4, 13, tally);

  @Test
  void whatIsNotHeardIsLostAndWhatIsHeardTwiceIsDuplicated() {
    for (int i = 0; i < 4; i++) {
      tally.said(1);
    }
    hear(10, 0);
    hear(10, 3);
    hear(10, 1);
    hear(10, 1);

    Report report = Report.of(2, 2, 0, 0, tally, Traffic.NONE, 0);

    assertThat(report.sent()).isEqualTo(4);
    assertThat(report.expected()).isEqualTo(4);
    assertThat(report.received()).isEqualTo(3);
    assertThat(report.lost()).isEqualTo(1);
    assertThat(report.duplicated()).isEqualTo(1);
    assertThat(report.outOfOrder()).isEqualTo(1);
    assertThat(report.flawless()).isFalse();
  }

  @Test
  void everySpeakerHasAnOrderOfItsOwn() {
    hear(10, 5);
    hear(11, 2);
    hear(12, 0);
    assertThat(tally.received()).isEqualTo(3);
    assertThat(tally.outOfOrder()).isZero();
  }

  @Test
  void otherRunsOtherRoomsOneselfAndOtherBytesAreNotCounted() {
    hear(new Utterance(RUN + 1, 10, 0, 0).encode(64));
    hear(new Utterance(RUN, 9, 0, 0).encode(64));
    hear(new Utterance(RUN, 13, 0, 0).encode(64));
    hear(new Utterance(RUN, 14, 0, 0).encode(64));
    byte[] changed = new Utterance(RUN, 10, 0, 0).encode(64);
    changed[9] ^= 1;
    hear(changed);
    hear(new byte[3]);
    assertThat(tally.received()).isZero();
  }

  @Test
  void percentilesCountFromTheScheduledTime() {
    for (int i = 1; i <= 1000; i++) {
      byte[] said = new Utterance(RUN, 10, i, 0).encode(24);
      listener.hear(said, 0, said.length, TimeUnit.MILLISECONDS.toNanos(i));
    }
    Report report = Report.of(1, 1, 0, 0, tally, Traffic.NONE, 0);
    assertThat(report.p50Millis()).isBetween(499.0, 501.0);
    assertThat(report.p90Millis()).isBetween(899.0, 901.0);
    assertThat(report.p99Millis()).isBetween(989.0, 991.0);
    assertThat(report.p999Millis()).isBetween(998.0, 1000.0);
    assertThat(report.maxMillis()).isBetween(999.0, 1001.0);
  }

  @Test
  void afterTheWarmUpLatenciesStartAnew() {
    listener.hear(new Utterance(RUN, 10, 0, 0).encode(24), 0, 24, TimeUnit.SECONDS.toNanos(9));
    tally.latency();
    tally.forgetLatency();
    assertThat(tally.latency().getTotalCount()).isZero();
  }

  @Test
  void theJsonReportHasExactlyTheDocumentedFieldsOnOneLine() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ReportPrinter.json(
        Report.of(100, 100, 7, 8, tally, new Traffic(1, 2, 3, 4, 5), 10_000_000_000L),
        new PrintStream(bytes, true, StandardCharsets.UTF_8));
    String line = bytes.toString(StandardCharsets.UTF_8);
    assertThat(line.lines()).hasSize(1);
    JsonNode json = new ObjectMapper().readTree(line);
    List<String> fields = new ArrayList<>();
    json.fieldNames().forEachRemaining(fields::add);
    assertThat(fields)
        .containsExactly(
            ("bots connected moved reconnected returned backMaxMillis silenceMaxMillis sent expected received lost duplicated outOfOrder "
                    + "orderViolations changes changesLost changesDoubled p50Millis p90Millis "
                    + "p99Millis p999Millis maxMillis bytesIn bytesOut datagramsIn datagramsOut "
                    + "retransmitted seconds")
                .split(" "));
    assertThat(json.get("seconds").asDouble()).isEqualTo(10.0);
    assertThat(json.get("retransmitted").asLong()).isEqualTo(5);
  }

  @Test
  void whoHearsTwoSpeakersInAnotherOrderThanTheFirstHasAViolation() {
    TotalOrder order = new TotalOrder();
    Listener first = Listener.toAll(RUN, 0, 2, order, tally);
    Listener second = Listener.toAll(RUN, 0, 2, order, tally);
    hear(first, 0, 0);
    hear(first, 1, 0);
    hear(second, 1, 0);
    assertThat(tally.orderViolations()).isZero();
    hear(second, 0, 0);
    hear(second, 0, 1);
    assertThat(tally.orderViolations()).isEqualTo(1);
    assertThat(tally.outOfOrder()).isZero();
  }

  @Test
  void onlyWhatTheRoomHasAcknowledgedMustBeHeardAndKept() {
    Promises promises = new Promises(2, tally);
    Utterance kept = new Utterance(RUN, 0, 0, 0);
    Utterance doubtful = new Utterance(RUN, 0, 1, 0);
    tally.said(2);
    promises.said(kept);
    tally.said(2);
    promises.said(doubtful);
    TotalOrder order = new TotalOrder();
    for (Listener each :
        List.of(Listener.toAll(RUN, 0, 1, order, tally), Listener.toAll(RUN, 0, 1, order, tally))) {
      for (Utterance said : List.of(kept, doubtful)) {
        each.hear(said.encode(64), 0, 64, 1).ifPresent(heard -> promises.heard(heard, false));
        promises.doubt(doubtful);
      }
    }
    assertThat(tally.expected()).isEqualTo(2);
    assertThat(tally.received()).isEqualTo(2);
    promises.changed();
    promises.changed();
    promises.doubtChange();
    promises.sum(3);
    assertThat(tally.changesLost() + tally.changesDoubled()).isZero();
    promises.sum(4);
    assertThat(tally.changesDoubled()).isEqualTo(1);
    promises.sum(1);
    assertThat(tally.changesLost()).isEqualTo(1);
  }

  @Test
  void aMessageItsOwnSpeakerHeardMustBeHeardByAllWhateverTheAnswer() {
    Promises promises = new Promises(3, tally);
    Utterance late = new Utterance(RUN, 0, 0, 0);
    Utterance early = new Utterance(RUN, 0, 1, 0);
    for (Utterance said : List.of(late, early)) {
      tally.said(3);
      promises.said(said);
    }
    TotalOrder order = new TotalOrder();
    Listener other = Listener.toAll(RUN, 0, 1, order, tally);
    Listener speaker = Listener.toAll(RUN, 0, 1, order, tally);
    other.hear(late.encode(64), 0, 64, 1).ifPresent(heard -> promises.heard(heard, false));
    promises.doubt(late);
    assertThat(tally.expected()).isEqualTo(3);
    assertThat(tally.received()).isZero();
    speaker.hear(late.encode(64), 0, 64, 1).ifPresent(heard -> promises.heard(heard, true));
    speaker.hear(early.encode(64), 0, 64, 1).ifPresent(heard -> promises.heard(heard, true));
    promises.doubt(early);
    assertThat(tally.expected()).isEqualTo(6);
    assertThat(tally.received()).isEqualTo(3);
  }

  @Test
  void readsHaveNoOrderAmongThemselvesButMayNotBeOlderThanAWrite() {
    Listener reader = Listener.toReads(RUN, 5, tally);
    hear(reader, 5, 1);
    hear(reader, 5, 0);
    hear(reader, 5, 0);
    assertThat(tally.received()).isEqualTo(2);
    assertThat(tally.duplicated()).isEqualTo(1);
    assertThat(tally.outOfOrder()).isZero();
    assertThat(tally.orderViolations()).isZero();
    reader.readStale();
    assertThat(tally.orderViolations()).isEqualTo(1);
  }

  private static void hear(Listener listener, int speaker, int sequence) {
    byte[] said = new Utterance(RUN, speaker, sequence, 0).encode(64);
    listener.hear(said, 0, said.length, 1_000_000);
  }

  private void hear(int speaker, int sequence) {
    hear(new Utterance(RUN, speaker, sequence, 0).encode(64));
  }

  private void hear(byte[] said) {
    listener.hear(said, 0, said.length, 1_000_000);
  }
}
