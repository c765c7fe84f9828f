package dev.skein.client;

import dev.skein.protocol.Channel;

/** Receives pushes without a copy, for those who count every byte (bots, benchmarks). */
@FunctionalInterface
public interface PushView {

  /**
   * One push; always on the client's loop. The bytes are valid during the call only and must not be
   * changed.
   */
  void onPush(Channel channel, byte[] buffer, int offset, int length);
}
