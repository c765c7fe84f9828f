package dev.skein.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;

class FrameFuzzTest {

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreAFrameOrMalformed(byte[] bytes) {
    Frame.decode(bytes)
        .ifPresent(frame ->
            assertThat(Frame.decode(frame.encode()).orElseThrow().encode())
                .isEqualTo(frame.encode()));
  }

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreMeshDataOrMalformed(byte[] bytes) {
    Map<String, Object> data;
    try {
      data = MeshData.decode(bytes);
    } catch (IllegalArgumentException expected) {
      return;
    }
    byte[] again = MeshData.encode(data);
    assertThat(MeshData.encode(MeshData.decode(again))).isEqualTo(again);
  }
}
