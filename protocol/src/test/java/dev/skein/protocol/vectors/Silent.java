package dev.skein.protocol.vectors;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionEvents;

/** Hears everything and does nothing. */
final class Silent implements SessionEvents {
  @Override
  public void onMessage(Session session, Channel channel, byte[] buffer, int offset, int length) {}

  @Override
  public void onClosed(Session session, CloseReason reason) {}
}
