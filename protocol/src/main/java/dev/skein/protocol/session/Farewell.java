package dev.skein.protocol.session;

import dev.skein.protocol.CloseReason;
import dev.skein.protocol.packet.FrameWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a datagram session ends (PROTOCOL §7): its reason, and how often the peer is told. Confined
 * to its session.
 */
final class Farewell {
  /** A CLOSE is said so many times at most, each time but the first as an answer. */
  static final int CLOSES_MAX = 4;

  private @Nullable CloseReason reason;
  private boolean due;
  private int saidCount;

  /** Why the session has ended; empty before. */
  Optional<CloseReason> reason() {
    return Optional.ofNullable(reason);
  }

  /** The peer has ended the session. */
  CloseReason told(int code, String text) {
    reason = new CloseReason(code, text, true);
    return reason;
  }

  /** This end does; the peer is to be told. */
  CloseReason tell(int code, String text) {
    String cut = new String(FrameWriter.closeText(text), StandardCharsets.UTF_8);
    reason = new CloseReason(code, cut, false);
    due = true;
    return reason;
  }

  /** True if a CLOSE is to be said. */
  boolean isDue() {
    return due;
  }

  /** The peer still speaks, so that it has not heard the last one. */
  void onHeard() {
    due |= reason != null && !reason.byPeer() && saidCount > 0 && saidCount < CLOSES_MAX;
  }

  /** Said once more. */
  void onSaid() {
    due = false;
    saidCount++;
  }
}
