package dev.skein.client.room;

import dev.skein.client.Listeners;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.LeaveReason;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The listeners of one room, by kind of event. */
final class RoomListeners {
  final Listeners<BiConsumer<Member, byte[]>> broadcast = new Listeners<>();
  final Listeners<BiConsumer<Member, byte[]>> relay = new Listeners<>();
  final Listeners<BiConsumer<Member, byte[]>> message = new Listeners<>();
  final Listeners<Consumer<byte[]>> announce = new Listeners<>();
  final Listeners<BiConsumer<Member, byte[]>> joined = new Listeners<>();
  final Listeners<Room.LeftListener> left = new Listeners<>();
  final Listeners<BiConsumer<LeaveReason, byte[]>> exited = new Listeners<>();
  final Listeners<Runnable> away = new Listeners<>();
  final Listeners<Runnable> returned = new Listeners<>();
  final Listeners<Consumer<Member>> owner = new Listeners<>();
  final Listeners<Consumer<ChatLine>> chat = new Listeners<>();
  final Listeners<Consumer<Map<String, Optional<Value>>>> properties = new Listeners<>();
  final Listeners<Consumer<Map<String, Optional<Value>>>> objects = new Listeners<>();
}
