package dev.skein.protocol.dive;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.Optional;

/** A client's command: an operation on a key of a storage. */
public record DiveRequest(String storage, String key, DiveOperation operation) {
  /** The longest name of a storage. */
  public static final int STORAGE_MAX_BYTES = 64;

  /** The longest key. */
  public static final int KEY_MAX_BYTES = 256;

  /** The payload. */
  public byte[] encode() {
    PayloadWriter out = new PayloadWriter().string(storage).string(key);
    operation.write(out);
    return out.toBytes();
  }

  /** The request in a command's payload; empty if it is malformed or no request of this kind. */
  public static Optional<DiveRequest> decode(int cmd, byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    String storage = in.string(STORAGE_MAX_BYTES);
    String key = in.string(KEY_MAX_BYTES);
    Optional<DiveOperation> operation = DiveOperation.read(cmd, in);
    return in.finished()
        ? operation.map(known -> new DiveRequest(storage, key, known))
        : Optional.empty();
  }
}
