package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.server.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Rooms as functions of state, input and now, and who enters them, for tests of their rules. */
final class StateBed {
  static final int NUMBER = 5;

  final Heard heard = new Heard();
  final List<Map<String, Optional<Value>>> objectChanges = new ArrayList<>();
  private final TestShards shards = new TestShards(1, new Random(1));

  RoomState room(RoomOptions.Builder options) {
    return new RoomState(NUMBER, "id", options.build(), heard, objectChanges::add, 0);
  }

  Member join(RoomState room, String uid) {
    return join(room, uid, "", "");
  }

  Member join(RoomState room, String uid, String message, String welcome) {
    return room.join(
        new TestUser(uid, shards.get(0)), message.getBytes(UTF_8), welcome.getBytes(UTF_8), 0);
  }

  static void say(
      RoomState room, Address address, @Nullable Member from, String text, Channel channel) {
    byte[] data = text.getBytes(UTF_8);
    room.say(address, from, data, 0, data.length, channel, 0);
  }

  static AbstractThrowableAssert<?, ?> assertRefused(int code, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CommandException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }
}
