package dev.skein.dm;

import dev.skein.dm.Letter.Receipt;
import dev.skein.mesh.Topic;
import dev.skein.module.Answers;
import dev.skein.module.Hooks;
import dev.skein.protocol.Channel;
import dev.skein.protocol.dm.DmCmd;
import dev.skein.protocol.dm.DmEvent;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.record.RecordCodec;
import dev.skein.server.CommandException;
import dev.skein.server.Messages;
import dev.skein.server.Metrics;
import dev.skein.server.ModuleContext;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import dev.skein.server.UserDirectory.Location;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings messages to their receivers and tells peers of an end. Any thread may call; what concerns
 * a user happens on the user's shard.
 */
final class Courier implements Topic.Handler, Traveller {
  /** How often a receiver that is on its way to another node is looked for. */
  private static final int ATTEMPTS = 8;

  private static final long ATTEMPT_PAUSE_MILLIS = 100;

  private final ModuleContext context;
  private final DmSettings settings;
  private final Hooks<DmHooks> hooks;
  private final Topic topic;
  private final Map<User, Conversations> conversations = new ConcurrentHashMap<>();
  private final Metrics.Counter delivered;
  private final Metrics.Counter failed;

  /** What a user takes along to another node. */
  record Luggage(List<String> peers) {}

  Courier(ModuleContext context, DmSettings settings, Hooks<DmHooks> hooks) {
    this.context = context;
    this.settings = settings;
    this.hooks = hooks;
    this.topic = context.mesh().topic("dm", this);
    Metrics metrics = context.metrics();
    this.delivered =
        metrics.counter("skein.dm.delivered", "Direct messages given to users of this node");
    this.failed =
        metrics.counter("skein.dm.failed", "Direct messages of this node's users not delivered");
    metrics.gauge("skein.dm.users", "Users in conversations", conversations::size);
  }

  // Sending

  CompletableFuture<Void> send(User from, String to, byte[] data, Channel channel) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    sent.exceptionally(failure -> {
      failed.increment();
      return null;
    });
    from.shard()
        .execute(() -> {
          try {
            checkSize(data);
            byte[] agreed = hooks.rewrite(data, (hook, was) -> hook.beforeSend(from, to, was));
            checkSize(agreed);
            int kind = channel.kind().ordinal();
            Letter.Message letter = new Letter.Message(from.uid(), to, agreed, kind, channel.id());
            if (!from.isConnected()) {
              throw Refusal.offline();
            }
            Conversations own = of(from);
            own.add(to, () -> begin(from, own, letter, sent)).ifPresent(Runnable::run);
          } catch (CommandException refused) {
            sent.completeExceptionally(refused);
          }
        });
    return sent;
  }

  private void checkSize(byte[] data) {
    if (data.length > settings.dataMaxBytes()) {
      throw Refusal.tooLarge();
    }
  }

  /** On the sender's shard: nothing else is under way to this receiver. */
  private void begin(
      User from, Conversations own, Letter.Message letter, CompletableFuture<Void> sent) {
    boolean isFirst = own.remember(letter.to());
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    attempt(from, letter, 1, receipt);
    receipt.whenComplete((ended, failure) ->
        from.shard()
            .execute(() -> {
              boolean delivered = ended != null && ended.outcome() == Letter.Outcome.DELIVERED;
              if (isFirst && !delivered) {
                own.forget(letter.to());
              }
              finish(ended, failure, sent);
              if (delivered && !from.isConnected()) {
                tellIfGone(from.uid(), letter.to());
              }
              own.next(letter.to()).ifPresent(Runnable::run);
            }));
  }

  private static void finish(
      @Nullable Receipt receipt, @Nullable Throwable failure, CompletableFuture<Void> sent) {
    if (receipt == null) {
      sent.completeExceptionally(Answers.cause(failure));
      return;
    }
    switch (receipt.outcome()) {
      case DELIVERED -> sent.complete(null);
      case NOT_HERE -> sent.completeExceptionally(Refusal.offline());
      case BAD -> sent.completeExceptionally(CommandException.bad(receipt.code(), receipt.text()));
      case ERR -> sent.completeExceptionally(CommandException.err(receipt.code(), receipt.text()));
    }
  }

  private void attempt(
      User from, Letter.Message letter, int number, CompletableFuture<Receipt> receipt) {
    context
        .directory()
        .locate(letter.to())
        .whenComplete((location, failure) -> {
          if (location == null) {
            receipt.completeExceptionally(Refusal.unreachable());
          } else if (location.isEmpty()) {
            receipt.complete(Receipt.NOT_HERE);
          } else {
            hand(letter, location.get())
                .whenComplete((ended, lost) -> {
                  if (ended == null) {
                    receipt.completeExceptionally(Refusal.notConfirmed());
                  } else if (ended.outcome() == Letter.Outcome.NOT_HERE && number < ATTEMPTS) {
                    // It has just moved, or is about to be entered in the directory.
                    from.shard()
                        .schedule(
                            () -> attempt(from, letter, number + 1, receipt), ATTEMPT_PAUSE_MILLIS);
                  } else {
                    receipt.complete(ended);
                  }
                });
          }
        });
  }

  private CompletionStage<Receipt> hand(Letter.Message letter, Location location) {
    if (location.node().equals(self())) {
      return deliver(letter);
    }
    return topic.ask(location.node(), letter.encode()).thenApply(Receipt::decode);
  }

  private String self() {
    return context.mesh().self().address();
  }

  // Receiving

  @Override
  public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
    return switch (Letter.decode(question)) {
      case Letter.Message letter -> deliver(letter).thenApply(RecordCodec::encodeRecord);
      case Letter.Gone gone ->
          CompletableFuture.failedFuture(new IllegalArgumentException("no question"));
    };
  }

  @Override
  public void onMessage(String sender, byte[] message) {
    switch (Letter.decode(message)) {
      case Letter.Gone gone -> lose(gone);
      case Letter.Message letter -> throw new IllegalArgumentException("not asked");
    }
  }

  /** Gives a message to a user of this node. */
  private CompletableFuture<Receipt> deliver(Letter.Message letter) {
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    Optional<User> found = context.user(letter.to());
    if (found.isEmpty()) {
      return CompletableFuture.completedFuture(Receipt.NOT_HERE);
    }
    User to = found.get();
    to.shard().execute(() -> receipt.complete(given(to, letter)));
    return receipt;
  }

  private Receipt given(User to, Letter.Message letter) {
    try {
      byte[] agreed =
          hooks.rewrite(letter.data(), (hook, was) -> hook.beforeDeliver(to, letter.from(), was));
      if (!to.isConnected()) {
        return Receipt.NOT_HERE;
      }
      of(to).remember(letter.from());
      to.send(push(new DmEvent.Message(letter.from(), agreed)), letter.over(), 0);
      delivered.increment();
      hooks.each(hook -> hook.delivered(to, letter.from(), agreed));
      return Receipt.DELIVERED;
    } catch (CommandException refused) {
      return Receipt.of(refused);
    }
  }

  static byte[] push(DmEvent event) {
    PayloadWriter out = new PayloadWriter(Messages.PUSH_HEADER_BYTES);
    event.write(out);
    byte[] message = out.toBytes();
    Messages.pushHeader(message, DmCmd.VER, event.cmd());
    return message;
  }

  // Conversations

  private Conversations of(User user) {
    return conversations.computeIfAbsent(
        user, any -> new Conversations(settings.peersMaxCount(), settings.waitingMaxCount()));
  }

  CompletableFuture<List<String>> peers(User user) {
    CompletableFuture<List<String>> peers = new CompletableFuture<>();
    user.shard()
        .execute(() -> {
          Conversations own = conversations.get(user);
          peers.complete(own == null ? List.of() : own.peers());
        });
    return peers;
  }

  /** A user ends a conversation; completes when the peer will be told. */
  CompletableFuture<Void> end(User user, String peer) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    user.shard()
        .execute(() -> {
          Conversations own = conversations.get(user);
          if (own != null && own.forget(peer)) {
            tell(user.uid(), peer, false);
          }
          ended.complete(null);
        });
    return ended;
  }

  /** The user's session ended; on its shard. */
  void discarded(User user) {
    Conversations ended = conversations.remove(user);
    if (ended != null) {
      ended.peers().forEach(peer -> tell(user.uid(), peer, true));
    }
  }

  /** The sender's session ended, or moved away, before its message had arrived. */
  private void tellIfGone(String who, String peer) {
    context
        .directory()
        .locate(who)
        .thenAccept(location -> {
          if (location.isEmpty()) {
            tell(who, peer, true);
          }
        });
  }

  private void tell(String who, String peer, boolean disconnected) {
    Letter.Gone gone = new Letter.Gone(who, peer, disconnected);
    context
        .directory()
        .locate(peer)
        .thenAccept(location ->
            location.ifPresent(at -> {
              if (at.node().equals(self())) {
                lose(gone);
              } else {
                topic.send(at.node(), gone.encode());
              }
            }));
  }

  /** A peer of a user of this node is gone. */
  private void lose(Letter.Gone gone) {
    context
        .user(gone.to())
        .ifPresent(user ->
            user.shard()
                .execute(() -> {
                  Conversations own = conversations.get(user);
                  if (own != null && own.forget(gone.who())) {
                    byte[] push = push(new DmEvent.PeerGone(gone.who(), gone.disconnected()));
                    user.send(push, Channel.ordered(0), 0);
                    hooks.each(hook -> hook.peerGone(user, gone.who(), gone.disconnected()));
                  }
                }));
  }

  // Moves

  @Override
  public byte[] pack(User user) {
    Conversations taken = conversations.remove(user);
    return taken == null || taken.peers().isEmpty()
        ? new byte[0]
        : RecordCodec.encodeRecord(new Luggage(taken.peers()));
  }

  @Override
  public void unpack(User user, byte[] packed) {
    if (packed.length > 0) {
      RecordCodec.of(Luggage.class).decode(packed).peers().forEach(of(user)::remember);
    }
  }
}
