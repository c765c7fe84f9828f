package dev.skein.protocol.vectors;

import dev.skein.protocol.crypto.SessionSecrets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** One object of a vector file: names in order, bytes as hex digits. */
final class Vector {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  Vector with(String name, byte[] bytes) {
    fields.put(name, HexFormat.of().formatHex(bytes));
    return this;
  }

  Vector with(String name, String text) {
    fields.put(name, text);
    return this;
  }

  Vector with(String name, long number) {
    fields.put(name, number);
    return this;
  }

  Vector with(String name, Vector part) {
    fields.put(name, part.fields);
    return this;
  }

  Vector with(String name, SessionSecrets secrets) {
    return with(
        name,
        new Vector()
            .with("cipherSuite", secrets.suite().code())
            .with("c2s_0", secrets.clientToServer())
            .with("s2c_0", secrets.serverToClient())
            .with("resume", secrets.resume()));
  }

  Map<String, Object> fields() {
    return fields;
  }

  /** {@code count} bytes counting up from {@code first}: easy to recognise in a dump. */
  static byte[] bytes(int first, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (first + i);
    }
    return bytes;
  }
}
