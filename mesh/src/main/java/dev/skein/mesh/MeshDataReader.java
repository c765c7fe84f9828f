package dev.skein.mesh;

import dev.skein.protocol.payload.PayloadReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads mesh data (MESH §4). Never throws: what is malformed is rejected at the reader, which is
 * asked at the end. Confined to one call.
 */
final class MeshDataReader {
  private final PayloadReader in;

  MeshDataReader(PayloadReader in) {
    this.in = in;
  }

  /** Reads a map within which so many levels are still allowed. */
  Map<String, Object> map(int depth) {
    Map<String, Object> data = new LinkedHashMap<>();
    for (int left = count(); left > 0 && in.ok(); left--) {
      String key = in.string(in.remaining());
      if (data.put(key, value(depth)) != null) {
        in.reject();
      }
    }
    return Collections.unmodifiableMap(data);
  }

  private Object value(int depth) {
    return switch (in.u8()) {
      case MeshDataWriter.BOOL -> in.bool();
      case MeshDataWriter.INT8 -> (byte) in.u8();
      case MeshDataWriter.INT16 -> (short) in.u16();
      case MeshDataWriter.INT32 -> int32();
      case MeshDataWriter.INT64 -> in.i64();
      case MeshDataWriter.FLOAT32 -> Float.intBitsToFloat(int32());
      case MeshDataWriter.FLOAT64 -> in.f64();
      case MeshDataWriter.STRING -> in.string(in.remaining());
      case MeshDataWriter.BYTES -> in.blob(in.remaining());
      case MeshDataWriter.MAP -> depth > 0 ? map(depth - 1) : malformed();
      case MeshDataWriter.LIST -> depth > 0 ? list(depth - 1) : malformed();
      default -> malformed();
    };
  }

  private List<Object> list(int depth) {
    List<Object> values = new ArrayList<>();
    for (int left = count(); left > 0 && in.ok(); left--) {
      values.add(value(depth));
    }
    return Collections.unmodifiableList(values);
  }

  private int int32() {
    return in.u16() << 16 | in.u16();
  }

  /** Nothing takes less than one byte. */
  private int count() {
    return in.varint(in.remaining());
  }

  private Object malformed() {
    in.reject();
    return false;
  }
}
