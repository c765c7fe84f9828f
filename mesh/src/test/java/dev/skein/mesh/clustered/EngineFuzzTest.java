package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** What nodes send each other below the mesh. */
class EngineFuzzTest {

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreABatchOrNone(byte[] bytes) {
    Batch again = new Batch();
    boolean whole = Batch.read(bytes, 0, bytes.length, again::add);
    int length = again.length();
    byte[] read = Arrays.copyOf(again.takeArray(), length);
    assertThat(read).isEqualTo(Arrays.copyOf(bytes, length));
    assertThat(whole).isEqualTo(length == bytes.length);
  }

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreAStoreFrameOrRefused(byte[] bytes) {
    StoreFrame frame;
    try {
      frame = StoreFrame.decode(bytes);
    } catch (IllegalArgumentException expected) {
      return;
    }
    byte[] encoded = frame.encode();
    assertThat(StoreFrame.decode(encoded).encode()).isEqualTo(encoded);
  }

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreAnEnvelopeOrRefused(byte[] bytes) {
    Envelope envelope;
    try {
      envelope = Envelope.decode(bytes);
    } catch (IllegalArgumentException expected) {
      return;
    }
    byte[] encoded = envelope.encode();
    assertThat(Envelope.decode(encoded).encode()).isEqualTo(encoded);
  }

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreASignalOrNone(byte[] bytes) {
    Signal.decode(bytes).ifPresent(signal -> assertThat(signal.encode()).isEqualTo(bytes));
  }
}
