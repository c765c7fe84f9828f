package dev.skein.group;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalLong;

/**
 * What a group is, the same on every node.
 *
 * @param number stands for the id on the wire; that of a static group comes from its name
 * @param name of a static group; empty for any other
 */
record Charter(long number, String name, GroupOptions options) {
  private static final long MADE = 1L << 60;
  private static final long STATIC = 1L << 61;
  private static final int ID_CHARACTERS = 16;

  static Charter made(long anyBits, GroupOptions options) {
    return new Charter(MADE | anyBits & (MADE - 1), "", options);
  }

  static Charter ofStatic(String name, GroupOptions options) {
    return new Charter(numberOf(name), name, options);
  }

  boolean isStatic() {
    return !name.isEmpty();
  }

  /** What everybody calls it: the name, or the number's 16 hex digits. */
  String id() {
    return isStatic() ? name : HexFormat.of().toHexDigits(number);
  }

  /** The number of a group that is not static; empty if this is no such id. */
  static OptionalLong parse(String id) {
    if (id.length() != ID_CHARACTERS) {
      return OptionalLong.empty();
    }
    try {
      long number = HexFormat.fromHexDigitsToLong(id);
      return number >= MADE && number < STATIC ? OptionalLong.of(number) : OptionalLong.empty();
    } catch (NumberFormatException notHex) {
      return OptionalLong.empty();
    }
  }

  private static long numberOf(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return STATIC | ByteBuffer.wrap(digest).getLong() & (MADE - 1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
