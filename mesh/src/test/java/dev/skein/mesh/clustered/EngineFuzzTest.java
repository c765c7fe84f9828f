package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** What nodes send each other below the mesh. */
class EngineFuzzTest {

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreABatchOrNone(byte[] bytes) {
    Batch again = new Batch();
    AtomicInteger unknown = new AtomicInteger();

    int read = Batch.read(bytes, bytes.length, again::add, unknown::incrementAndGet);

    assertThat(read).isBetween(0, bytes.length);
    if (unknown.get() == 0) {
      ByteBuffer copy = again.take(ByteBuffer.allocate(0));
      assertThat(copy).isEqualTo(ByteBuffer.wrap(bytes, 0, read));
    }
    int next = Batch.sizeAt(bytes, read, bytes.length);
    assertThat(next <= 0 || next > bytes.length - read).as("all whole frames are read").isTrue();
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
    assertThat(Envelope.valueIn(bytes)).isEqualTo(envelope.value());
    byte[] encoded = envelope.encode();
    assertThat(Envelope.decode(encoded).encode()).isEqualTo(encoded);
  }

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreASignalOrNone(byte[] bytes) {
    Signal.decode(bytes).ifPresent(signal -> assertThat(signal.encode()).isEqualTo(bytes));
  }
}
