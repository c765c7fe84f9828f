package dev.skein.module;

import dev.skein.server.CommandException;
import dev.skein.server.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the operator of a {@link dev.skein.mesh.Store} answers: a payload, or a refusal that reaches
 * the caller as the same {@link CommandException} it would have been without a cluster in between.
 */
public final class StoreAnswer {
  private static final int CODE_BYTES = 2;

  private StoreAnswer() {}

  /** The operation was done. */
  public static byte[] ok(byte[] payload) {
    byte[] answer = new byte[1 + payload.length];
    answer[0] = (byte) Status.OK.code();
    System.arraycopy(payload, 0, answer, 1, payload.length);
    return answer;
  }

  /** The operation was refused. */
  public static byte[] refused(CommandException refusal) {
    byte[] text = String.valueOf(refusal.getMessage()).getBytes(StandardCharsets.UTF_8);
    byte[] answer = new byte[1 + CODE_BYTES + text.length];
    answer[0] = (byte) refusal.status().code();
    answer[1] = (byte) (refusal.code() >>> Byte.SIZE);
    answer[2] = (byte) refusal.code();
    System.arraycopy(text, 0, answer, 1 + CODE_BYTES, text.length);
    return answer;
  }

  /**
   * The payload of an answer.
   *
   * @throws CommandException if it is a refusal
   */
  public static byte[] payload(byte[] answer) {
    if (answer[0] == Status.OK.code()) {
      return Arrays.copyOfRange(answer, 1, answer.length);
    }
    int code = (answer[1] & 0xff) << Byte.SIZE | answer[2] & 0xff;
    String text =
        new String(answer, 1 + CODE_BYTES, answer.length - 1 - CODE_BYTES, StandardCharsets.UTF_8);
    throw answer[0] == Status.BAD.code()
        ? CommandException.bad(code, text)
        : CommandException.err(code, text);
  }
}
