package dev.skein.bench.jmh;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.PacketCipher;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Sealing a packet, and sealing and opening it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls prepare() and sets parameters first
public class SealBenchmark {
  private static final int HEADER_BYTES = 3;
  private static final int SECRET_BYTES = 32;

  @Param public CipherSuite suite;

  @Param({"100", "1170"})
  public int bytes;

  private final byte[] packet = new byte[1200];
  private PacketCipher sealing;
  private PacketCipher opening;
  private long number;

  /** Gives both ends the same secret. */
  @Setup
  public void prepare() {
    sealing = PacketCipher.sealing(suite, new byte[SECRET_BYTES]);
    opening = PacketCipher.opening(suite, new byte[SECRET_BYTES]);
  }

  @Benchmark
  public int seal() {
    return sealing.seal(number++, packet, 0, HEADER_BYTES, bytes);
  }

  /** Fails if a packet does not open. */
  @Benchmark
  public int sealAndOpen() {
    int sealed = sealing.seal(number, packet, 0, HEADER_BYTES, bytes);
    int opened = opening.open(number, packet, 0, HEADER_BYTES, sealed);
    number++;
    if (opened != bytes) {
      throw new IllegalStateException("a packet did not open");
    }
    return opened;
  }
}
