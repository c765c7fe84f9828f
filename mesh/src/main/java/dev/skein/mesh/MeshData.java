package dev.skein.mesh;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.Map;

/**
 * The values mesh commands carry, as bytes (MESH §4): booleans, boxed integers and floats, texts,
 * byte arrays, records, and lists and maps of these.
 */
public final class MeshData {
  /** How deep lists and maps may be nested. */
  public static final int NESTING_MAX_COUNT = 16;

  private MeshData() {}

  /**
   * The values as bytes.
   *
   * @throws IllegalArgumentException if a value is of a type that does not travel; names its key
   */
  public static byte[] encode(Map<String, Object> data) {
    PayloadWriter out = new PayloadWriter();
    new MeshDataWriter(out).map(data);
    return out.toBytes();
  }

  /**
   * The values of {@link #encode}, each of the type it had; records as maps. Nobody can change
   * them, the byte arrays apart.
   *
   * @throws IllegalArgumentException if the bytes are malformed
   */
  public static Map<String, Object> decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    Map<String, Object> data = new MeshDataReader(in).map(NESTING_MAX_COUNT);
    if (!in.finished()) {
      throw new IllegalArgumentException("malformed mesh data");
    }
    return data;
  }

  /**
   * A record's components by name; nested records become maps.
   *
   * @throws IllegalArgumentException if a component is of a type that does not travel
   */
  public static Map<String, Object> ofRecord(Record data) {
    PayloadWriter out = new PayloadWriter();
    new MeshDataWriter(out).record(data);
    return decode(out.toBytes());
  }
}
