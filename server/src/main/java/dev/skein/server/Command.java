package dev.skein.server;

import dev.skein.protocol.Channel;

/**
 * One command as it came from a client.
 *
 * @param ver the version byte of the command's number, 0 to 255
 * @param cmd the command within it, 0 to 65535
 * @param requestId 0 if the client wants no OK response
 * @param payload the handler's own copy
 * @param channel what it travelled on
 */
@SuppressWarnings("ArrayRecordComponent")
public record Command(int ver, int cmd, long requestId, byte[] payload, Channel channel) {}
