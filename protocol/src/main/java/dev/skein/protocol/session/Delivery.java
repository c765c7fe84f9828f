package dev.skein.protocol.session;

import dev.skein.protocol.Channel;

/** Where whole messages go. */
interface Delivery {
  /**
   * Hands a message to the session's owner.
   *
   * @return false if the owner closed the session meanwhile, so that nothing more may be delivered
   */
  boolean deliver(Channel channel, byte[] buffer, int offset, int length);
}
