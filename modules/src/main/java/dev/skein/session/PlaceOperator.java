package dev.skein.session;

import dev.skein.mesh.Store;
import dev.skein.protocol.party.PartyWire;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions a uid is in: one of a type, wherever it is connected. The store keeps ids by type
 * under the uid. Pure; any thread.
 */
final class PlaceOperator implements Store.Operator {
  /** A place nobody confirms goes after a day; nodes confirm their members' places before. */
  static final long KEEP_MILLIS = 24L * 3600 * 1000;

  private static final int TAKE = 1;
  private static final int RELEASE = 2;

  /**
   * Takes the place of a type for a session, if it is free or taken for {@code instead}. The answer
   * is the id of the session that has the place now.
   */
  static byte[] take(String type, String id, String instead) {
    return new PayloadWriter().u8(TAKE).string(type).string(id).string(instead).toBytes();
  }

  /** Gives the place of a type back, if this session has it. */
  static byte[] release(String type, String id) {
    return new PayloadWriter().u8(RELEASE).string(type).string(id).string("").toBytes();
  }

  static String holder(byte[] answer) {
    return new String(answer, StandardCharsets.UTF_8);
  }

  @Override
  public Store.Outcome run(byte @Nullable [] current, byte[] operation, long nowMillis) {
    PayloadReader in = new PayloadReader(operation);
    int what = in.u8();
    String type = in.string(PartyWire.TYPE_MAX_BYTES);
    String id = in.string(PartyWire.ID_MAX_BYTES);
    String instead = in.string(PartyWire.ID_MAX_BYTES);
    if (!in.finished() || what != TAKE && what != RELEASE) {
      throw new IllegalArgumentException("no operation on places");
    }
    Map<String, String> ids = decode(Optional.ofNullable(current));
    String holder = ids.getOrDefault(type, "");
    if (what == TAKE && (holder.isEmpty() || holder.equals(instead) || holder.equals(id))) {
      ids.put(type, id);
      return new Store.Outcome(encode(ids), KEEP_MILLIS, id.getBytes(StandardCharsets.UTF_8));
    }
    if (what == RELEASE && holder.equals(id)) {
      ids.remove(type);
      byte[] left = ids.isEmpty() ? null : encode(ids);
      return new Store.Outcome(left, KEEP_MILLIS, new byte[0]);
    }
    return new Store.Outcome(current, 0, holder.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] encode(Map<String, String> ids) {
    PayloadWriter out = new PayloadWriter();
    ids.forEach((type, id) -> out.string(type).string(id));
    return out.toBytes();
  }

  /** Ids by type. */
  static Map<String, String> decode(Optional<byte[]> kept) {
    PayloadReader in = new PayloadReader(kept.orElse(new byte[0]));
    Map<String, String> ids = new LinkedHashMap<>();
    while (in.remaining() > 0) {
      ids.put(in.string(PartyWire.TYPE_MAX_BYTES), in.string(PartyWire.ID_MAX_BYTES));
    }
    return ids;
  }
}
