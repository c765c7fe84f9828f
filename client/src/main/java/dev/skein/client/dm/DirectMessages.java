package dev.skein.client.dm;

import dev.skein.client.Client;
import dev.skein.client.Listeners;
import dev.skein.client.Subscription;
import dev.skein.protocol.Channel;
import dev.skein.protocol.dm.DmCmd;
import dev.skein.protocol.dm.DmEvent;
import dev.skein.protocol.dm.DmRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Direct messages of one client, to and from users wherever they are connected: {@code
 * client.directMessages().send("bob", data)}. Any thread may call. Listeners run where the client's
 * callbacks run. Futures fail with {@link dev.skein.client.CommandFailed}, whose code is one of
 * {@link dev.skein.protocol.dm.DmCode} or the game's.
 */
public final class DirectMessages {
  private static final Logger LOG = System.getLogger(DirectMessages.class.getName());
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

  private final Client client;
  private final Listeners<BiConsumer<String, byte[]>> message = new Listeners<>();
  private final Listeners<PeerListener> peerGone = new Listeners<>();
  private final Listeners<UndeliveredListener> undelivered = new Listeners<>();

  private DirectMessages(Client client) {
    this.client = client;
    for (int cmd = DmCmd.MESSAGE; cmd <= DmCmd.UNDELIVERED; cmd++) {
      int number = cmd;
      client.onPush(DmCmd.VER, number, payload -> onPush(number, payload));
    }
  }

  /** Hears of a peer's end. */
  @FunctionalInterface
  public interface PeerListener {
    /**
     * @param disconnected whether its session ended for good; else it ended the conversation
     */
    void onGone(String uid, boolean disconnected);
  }

  /** Hears of messages sent by {@link #post} that did not arrive. */
  @FunctionalInterface
  public interface UndeliveredListener {
    void onUndelivered(String uid, int code);
  }

  /** Those of this client; the same object at every call. */
  public static DirectMessages of(Client client) {
    return client.extension(DirectMessages.class, DirectMessages::new);
  }

  /** Sends reliably; completes when the message was handed to the receiver's session. */
  public CompletableFuture<Void> send(String uid, byte[] data) {
    DmRequest.Send request = new DmRequest.Send(uid, data);
    return client
        .call(DmCmd.VER, request.cmd(), request.encode(), Channel.ordered(0), CALL_TIMEOUT)
        .thenApply(payload -> null);
  }

  /**
   * Sends without waiting; what fails is told to {@link #onUndelivered}, or to {@link
   * Client#onError} if the server refuses it at once.
   */
  public void post(String uid, byte[] data, Channel channel) {
    DmRequest.Send request = new DmRequest.Send(uid, data);
    client.send(DmCmd.VER, request.cmd(), request.encode(), channel);
  }

  /** Ends the conversation with a user, who is told. */
  public CompletableFuture<Void> end(String uid) {
    DmRequest.End request = new DmRequest.End(uid);
    return client
        .call(DmCmd.VER, request.cmd(), request.encode(), Channel.ordered(0), CALL_TIMEOUT)
        .thenApply(payload -> null);
  }

  /** A user, by uid, sent this client a message. */
  public Subscription onMessage(BiConsumer<String, byte[]> listener) {
    return message.add(listener);
  }

  /** A user this client has exchanged messages with is gone. */
  public Subscription onPeerGone(PeerListener listener) {
    return peerGone.add(listener);
  }

  /** A message of {@link #post} did not arrive. */
  public Subscription onUndelivered(UndeliveredListener listener) {
    return undelivered.add(listener);
  }

  private void onPush(int cmd, byte[] payload) {
    DmEvent event = DmEvent.decode(cmd, payload).orElse(null);
    switch (event) {
      case DmEvent.Message news ->
          message.tell(listener -> listener.accept(news.uid(), news.data()));
      case DmEvent.PeerGone news ->
          peerGone.tell(listener -> listener.onGone(news.uid(), news.disconnected()));
      case DmEvent.Undelivered news ->
          undelivered.tell(listener -> listener.onUndelivered(news.uid(), news.code()));
      case null -> LOG.log(Level.WARNING, "direct message push {0} is malformed", cmd);
    }
  }
}
