package dev.skein.bench.jmh;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.Carrier;
import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.packet.FrameReader;
import dev.skein.protocol.packet.FrameWriter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The frames of one typical packet: an ack of three ranges and eight messages of 64 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
  private static final int MESSAGES = 8;
  private static final int CHANNELS = 16;

  private final byte[] message = new byte[64];
  private final byte[] frames = new byte[1200];
  private final FrameWriter writer = new FrameWriter();
  private final FrameReader reader = new FrameReader(Carrier.DATAGRAM, CHANNELS);
  private int length;

  /** Writes the packet that is read. */
  @Setup
  public void prepare() {
    length = write();
  }

  @Benchmark
  public int write() {
    writer.reset(frames, 0, frames.length);
    writer.ack(1_000_000, 1_000_100, 250);
    writer.ackRange(999_900, 999_990);
    writer.ackRange(999_800, 999_880);
    for (int i = 0; i < MESSAGES; i++) {
      writer.message(
          Channel.ordered(i % 2), 5_000 + i, message, 0, message.length, i < MESSAGES - 1);
    }
    writer.finish();
    return writer.written();
  }

  @Benchmark
  public long read() {
    reader.reset(frames, 0, length);
    long sum = 0;
    for (Frame frame = reader.next(); frame != Frame.END; frame = reader.next()) {
      if (frame == Frame.ACK) {
        while (reader.nextAckRange()) {
          sum += reader.ackRangeLargest();
        }
      } else {
        sum += reader.dataLength();
      }
    }
    return sum;
  }
}
