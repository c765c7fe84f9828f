package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks to everyone in its room, itself included, has the room acknowledge each message, and adds
 * to a property of the room now and then. After a lost session it goes on in its room, if that
 * keeps places.
 */
final class CheckBot extends ClientBot {
  private static final Logger LOG = LoggerFactory.getLogger(CheckBot.class);
  private static final String SUM = "sum";

  /** With every so many messages it adds one to the property. */
  private static final int MESSAGES_PER_CHANGE = 10;

  private final int number;
  private final int members;
  private final Listener listener;
  private final Promises promises;
  private final Tally tally;
  private final boolean sums;
  private volatile long room;

  /** When it heard something in its room for the last time; on the client's loop. */
  private long heardNanos;

  /**
   * The bot with this number in its run.
   *
   * @param sums whether it asks what the property has come to, as one bot of a room does
   */
  CheckBot(
      Client client,
      int number,
      int members,
      Listener listener,
      Promises promises,
      Tally tally,
      boolean sums) {
    super(client, Channel.ordered(0));
    this.number = number;
    this.tally = tally;
    this.members = members;
    this.listener = listener;
    this.promises = promises;
    this.sums = sums;
    client.onPushView(RoomCmd.VER, RoomCmd.SAID, this::onSaid);
    client.onPush(RoomCmd.VER, RoomCmd.RETURNED, this::onReturned);
    // They ask for the way back into the room.
    client.rooms().onEntered(entered -> entered.onExited((why, message) -> onExited(why)));
  }

  /** It came into the room with this number. */
  void inRoom(long number) {
    room = number;
  }

  @Override
  public int audience() {
    return members;
  }

  @Override
  public void say(byte[] payload) {
    Utterance.decode(payload, 0, payload.length).ifPresent(said -> say(said, payload));
  }

  private void say(Utterance said, byte[] payload) {
    promises.said(said);
    byte[] broadcast = new PayloadWriter().varint(room).raw(payload).toBytes();
    client()
        .call(RoomCmd.VER, RoomCmd.BROADCAST, broadcast)
        .whenComplete((done, failure) -> {
          if (failure != null) {
            promises.doubt(said);
          }
        });
    if (said.sequence() % MESSAGES_PER_CHANGE == 0) {
      call(new RoomRequest.IncrementProperty(room, SUM, Value.of(1)))
          .whenComplete((sum, failure) -> {
            if (failure == null) {
              promises.changed();
            } else {
              promises.doubtChange();
            }
          });
    }
  }

  @Override
  public CompletableFuture<Void> check() {
    if (!sums) {
      return CompletableFuture.completedFuture(null);
    }
    return call(new RoomRequest.GetProperties(room, List.of(SUM)))
        .thenAccept(answer ->
            promises.sum(
                RoomReply.Properties.decode(answer)
                    .flatMap(found -> Optional.ofNullable(found.values().get(SUM)))
                    .map(value -> (long) value.asDouble())
                    .orElse(0L)));
  }

  private CompletableFuture<byte[]> call(RoomRequest request) {
    return client().call(RoomCmd.VER, request.cmd(), request.encode());
  }

  private void onSaid(Channel arrived, byte[] buffer, int offset, int length) {
    PayloadReader in = new PayloadReader(buffer, offset, length);
    in.varint();
    in.varint();
    long nowNanos = System.nanoTime();
    if (heardNanos != 0) {
      tally.silent(nowNanos - heardNanos);
    }
    heardNanos = nowNanos;
    listener
        .hear(buffer, in.position(), in.remaining(), nowNanos)
        .ifPresent(heard -> promises.heard(heard, heard.speaker() == number));
  }

  private void onExited(LeaveReason why) {
    if (client().state() != Client.State.CLOSED) {
      LOG.warn("{} is out of its room: {}", client().uid(), why);
    }
  }

  private void onReturned(byte[] payload) {
    RoomEvent.decode(RoomCmd.RETURNED, payload)
        .ifPresent(back -> {
          room = back.room();
          tally.returned(heardNanos == 0 ? 0 : System.nanoTime() - heardNanos);
        });
  }
}
