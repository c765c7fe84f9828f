package dev.skein.protocol.dive;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable DiveRequest read(int cmd, PayloadReader in) {
    String storage = in.string(STORAGE_MAX_BYTES);
    String key = in.string(KEY_MAX_BYTES);
    DiveOperation operation = DiveOperation.read(cmd, in);
    return operation == null ? null : new DiveRequest(storage, key, operation);
  }
}
