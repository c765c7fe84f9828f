package dev.skein.mesh;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node's data as bytes (MESH §3.1). */
final class NodeInfoCodec {
  private static final int TEXT_MAX_BYTES = 65_535;
  private static final int ENTRIES_MAX_COUNT = 1_024;
  private static final List<NodeState> STATES = List.of(NodeState.values());

  private NodeInfoCodec() {}

  static void write(NodeInfo info, PayloadWriter out) {
    out.string(info.address()).i64(info.id()).string(info.type()).u8(info.state().ordinal());
    write(info.endpoints(), out);
    out.varint(info.ccu()).string(info.version());
    write(info.custom(), out);
  }

  static NodeInfo read(PayloadReader in) {
    String address = in.string(Frame.ADDRESS_MAX_BYTES);
    long id = in.i64();
    String type = in.string(TEXT_MAX_BYTES);
    int state = in.u8();
    if (state >= STATES.size()) {
      in.reject();
      state = 0;
    }
    Map<String, String> endpoints = readMap(in);
    int ccu = in.varint(Integer.MAX_VALUE);
    String version = in.string(TEXT_MAX_BYTES);
    return new NodeInfo(address, id, type, STATES.get(state), endpoints, ccu, version, readMap(in));
  }

  /** In the order of the keys, so that equal data are equal bytes. */
  private static void write(Map<String, String> texts, PayloadWriter out) {
    out.varint(texts.size());
    new TreeMap<>(texts).forEach((key, value) -> out.string(key).string(value));
  }

  private static Map<String, String> readMap(PayloadReader in) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (int left = in.varint(ENTRIES_MAX_COUNT); left > 0 && in.ok(); left--) {
      texts.put(in.string(TEXT_MAX_BYTES), in.string(TEXT_MAX_BYTES));
    }
    return texts;
  }
}
