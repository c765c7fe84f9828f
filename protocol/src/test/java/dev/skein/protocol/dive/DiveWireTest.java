package dev.skein.protocol.dive;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.payload.Value;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** PROTOCOL §10.2.6: the bytes of Dive's commands, written out. */
class DiveWireTest {

  private static void assertRequest(String hex, DiveOperation operation) {
    DiveRequest request = new DiveRequest("st", "k", operation);
    assertThat(HexFormat.of().formatHex(request.encode()))
        .isEqualTo("027374016b" + hex.replace(" ", ""));
    assertThat(DiveRequest.decode(operation.cmd(), request.encode())).contains(request);
    assertThat(DiveOperation.decode(operation.encode())).contains(operation);
  }

  @Test
  void requestsAreWrittenAsSpecified() {
    assertRequest("", new DiveOperation.Get());
    assertRequest("04 01 76 05", new DiveOperation.Set(Value.of("v"), 5));
    assertRequest("01 01 00", new DiveOperation.SetIfAbsent(Value.of(true), 0));
    assertRequest("", new DiveOperation.Delete());
    assertRequest("43e8", new DiveOperation.Expire(1000));
    assertRequest("", new DiveOperation.Ttl());
    assertRequest("ffffffffffffffff", new DiveOperation.Increment(-1));
    assertRequest(
        "01 01 02 0000000000000001", new DiveOperation.Push(End.LAST, List.of(Value.of(1))));
    assertRequest("00", new DiveOperation.Pop(End.FIRST));
    assertRequest("01 05", new DiveOperation.Range(1, 5));
  }

  @Test
  void repliesReadBackAsWritten() {
    DiveReply.Found found = new DiveReply.Found(Optional.of(Value.of("v")));
    assertThat(DiveReply.Found.decode(found.encode())).contains(found);
    DiveReply.Items items = new DiveReply.Items(List.of(Value.of(1), Value.of("x")));
    assertThat(DiveReply.Items.decode(items.encode())).contains(items);
    DiveReply.Remaining remaining = new DiveReply.Remaining(true, 5);
    assertThat(DiveReply.Remaining.decode(remaining.encode())).contains(remaining);
    assertThat(DiveReply.Sum.decode(new DiveReply.Sum(-4).encode()))
        .contains(new DiveReply.Sum(-4));
    assertThat(DiveReply.Size.decode(new DiveReply.Size(4).encode()))
        .contains(new DiveReply.Size(4));
    assertThat(DiveReply.Done.decode(new byte[] {2})).isEmpty();
  }

  @Test
  void aFieldOutOfItsRangeIsMalformed() {
    byte[] end = HexFormat.of().parseHex("027374016b02");
    assertThat(DiveRequest.decode(DiveCmd.POP, end)).isEmpty();
    assertThat(DiveRequest.decode(DiveCmd.RANGE + 1, end)).isEmpty();
  }

  @FuzzTest
  void anyBytesAreARequestOrNone(byte[] bytes) {
    for (int cmd = DiveCmd.GET; cmd <= DiveCmd.RANGE; cmd++) {
      int number = cmd;
      stable(bytes, in -> DiveRequest.decode(number, in).map(DiveRequest::encode));
    }
    stable(bytes, in -> DiveOperation.decode(in).map(DiveOperation::encode));
  }

  private static void stable(byte[] bytes, Function<byte[], Optional<byte[]>> recode) {
    Optional<byte[]> once = recode.apply(bytes);
    if (once.isPresent()) {
      Optional<byte[]> twice = recode.apply(once.get());
      assertThat(twice.map(Arrays::toString)).isEqualTo(once.map(Arrays::toString));
    }
  }
}
