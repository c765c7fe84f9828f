package dev.skein.protocol.vectors;

import java.util.ArrayDeque;
import java.util.List;
import java.util.random.RandomGenerator;

/** "Randomness" that was written down: each request gets the next array, which must fit it. */
final class ScriptedRandom implements RandomGenerator {
  private final ArrayDeque<byte[]> script;

  ScriptedRandom(byte[]... script) {
    this.script = new ArrayDeque<>(List.of(script));
  }

  @Override
  public void nextBytes(byte[] bytes) {
    byte[] next = script.remove();
    if (next.length != bytes.length) {
      throw new AssertionError(bytes.length + " bytes asked for, " + next.length + " written");
    }
    System.arraycopy(next, 0, bytes, 0, bytes.length);
  }

  @Override
  public long nextLong() {
    throw new AssertionError("only whole arrays are written down");
  }
}
