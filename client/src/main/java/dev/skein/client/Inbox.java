package dev.skein.client;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.Varint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Hands the server's messages (PROTOCOL §10) to whom they belong. Confined to the loop. */
final class Inbox {
  private final Calls calls;
  private final Pushes pushes;
  private final Consumer<CommandFailed> unawaitedErrors;
  private long pushesUnhandled;
  private long messagesMalformed;

  Inbox(Calls calls, Pushes pushes, Consumer<CommandFailed> unawaitedErrors) {
    this.calls = calls;
    this.pushes = pushes;
    this.unawaitedErrors = unawaitedErrors;
  }

  void onMessage(Channel channel, byte[] buffer, int offset, int length) {
    int type = length == 0 ? -1 : buffer[offset];
    switch (type) {
      case CommandWire.PUSH -> onPush(channel, buffer, offset + 1, length - 1);
      case CommandWire.RESPONSE -> onResponse(buffer, offset + 1, length - 1);
      default -> messagesMalformed++;
    }
  }

  long pushesUnhandled() {
    return pushesUnhandled;
  }

  long messagesMalformed() {
    return messagesMalformed;
  }

  private void onPush(Channel channel, byte[] buffer, int offset, int length) {
    if (length < 3) {
      messagesMalformed++;
      return;
    }
    int ver = buffer[offset] & 0xff;
    int cmd = unsignedShort(buffer, offset + 1);
    if (!pushes.deliver(ver, cmd, channel, buffer, offset + 3, length - 3)) {
      pushesUnhandled++;
    }
  }

  private void onResponse(byte[] buffer, int offset, int length) {
    int idBytes = length == 0 ? 0 : Varint.encodedBytes(buffer[offset]);
    if (length < idBytes + 4 || idBytes == 0) {
      messagesMalformed++;
      return;
    }
    long id = Varint.read(buffer, offset);
    int status = buffer[offset + idBytes + 3];
    int rest = offset + idBytes + 4;
    int end = offset + length;
    switch (status) {
      case CommandWire.OK -> calls.complete(id, Arrays.copyOfRange(buffer, rest, end));
      case CommandWire.BAD -> onError(id, CommandFailed.Status.BAD, buffer, rest, end);
      case CommandWire.ERR -> onError(id, CommandFailed.Status.ERR, buffer, rest, end);
      default -> messagesMalformed++;
    }
  }

  private void onError(long id, CommandFailed.Status status, byte[] buffer, int rest, int end) {
    if (end - rest < 2) {
      messagesMalformed++;
      return;
    }
    String text = new String(buffer, rest + 2, end - rest - 2, StandardCharsets.UTF_8);
    CommandFailed error = new CommandFailed(status, unsignedShort(buffer, rest), text);
    if (!calls.fail(id, error)) {
      unawaitedErrors.accept(error);
    }
  }

  private static int unsignedShort(byte[] buffer, int offset) {
    return ((buffer[offset] & 0xff) << 8) | (buffer[offset + 1] & 0xff);
  }
}
