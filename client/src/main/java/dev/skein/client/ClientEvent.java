package dev.skein.client;

import dev.skein.protocol.CloseReason;

/** What happens to a client's connection. */
public sealed interface ClientEvent {

  /**
   * A session began.
   *
   * @param sid the session, 32 hex digits
   * @param again true if an earlier session was lost: the server knows nothing of that one any
   *     more, so rooms must be joined again, but for those that keep places (see {@link
   *     dev.skein.client.room.Room#isAway})
   */
  record Connected(String sid, boolean again) implements ClientEvent {}

  /** The server is not heard; the session may still be resumed and messages wait. */
  record Detached() implements ClientEvent {}

  /** The same session goes on; no reliable message was lost or doubled. */
  record Resumed() implements ClientEvent {}

  /**
   * The same session goes on at another node: the server has moved it. No reliable message was lost
   * or doubled, and there is nothing to do.
   *
   * @param host where the client is connected now
   */
  record Moved(String host, int port) implements ClientEvent {}

  /**
   * The session ended.
   *
   * @param reason why
   * @param reconnecting true if the client now logs in anew by its {@link ReconnectPolicy}; false
   *     if it is closed for good
   */
  record Disconnected(CloseReason reason, boolean reconnecting) implements ClientEvent {}
}
