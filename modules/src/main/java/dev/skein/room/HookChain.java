package dev.skein.room;

import dev.skein.module.Hooks;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.User;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Several hooks as one: each in turn; what they throw is turned into a refusal or logged. */
final class HookChain implements RoomHooks {
  private final Hooks<RoomHooks> hooks;

  HookChain(List<RoomHooks> hooks) {
    this.hooks = new Hooks<>("room", hooks);
  }

  void add(RoomHooks more) {
    hooks.add(more);
  }

  @Override
  public RoomOptions beforeCreate(User maker, RoomOptions wanted) {
    return hooks.rewrite(wanted, (hook, before) -> hook.beforeCreate(maker, before));
  }

  @Override
  public void created(Room room) {
    hooks.each(hook -> hook.created(room));
  }

  @Override
  public byte[] beforeJoin(Room room, User user, byte[] message) {
    return hooks.message(hook -> hook.beforeJoin(room, user, message));
  }

  @Override
  public void joined(Room room, Member member, byte[] message) {
    hooks.each(hook -> hook.joined(room, member, message));
  }

  @Override
  public void beforeLeave(Room room, Member member, byte[] message) {
    hooks.ask(hook -> hook.beforeLeave(room, member, message));
  }

  @Override
  public void left(Room room, Member member, LeaveReason reason, byte[] message) {
    hooks.each(hook -> hook.left(room, member, reason, message));
  }

  @Override
  public byte[] discardMessage(Room room, Member member) {
    return hooks.fold(
        new byte[0],
        (hook, message) -> {
          byte[] said = hook.discardMessage(room, member);
          return said.length > 0 ? said : message;
        });
  }

  @Override
  public Optional<Member> electOwner(Room room, List<Member> candidates) {
    return hooks.fold(
        Optional.<Member>empty(),
        (hook, elected) ->
            elected.or(() -> hook.electOwner(room, candidates).filter(candidates::contains)));
  }

  @Override
  public void ownerChanged(Room room, Member owner) {
    hooks.each(hook -> hook.ownerChanged(room, owner));
  }

  @Override
  public Optional<String> beforeChat(Room room, Member member, String text) {
    return hooks.rewrite(
        Optional.of(text),
        (hook, said) -> said.flatMap(before -> hook.beforeChat(room, member, before)));
  }

  @Override
  public void chatted(Room room, ChatLine line) {
    hooks.each(hook -> hook.chatted(room, line));
  }

  @Override
  public void beforePropertiesChange(
      Room room, Member member, Map<String, Optional<Value>> changes) {
    hooks.ask(hook -> hook.beforePropertiesChange(room, member, changes));
  }

  @Override
  public void propertiesChanged(Room room, Map<String, Optional<Value>> changes) {
    hooks.each(hook -> hook.propertiesChanged(room, changes));
  }

  @Override
  public void objectsChanged(Room room, Map<String, Optional<Value>> changes) {
    hooks.each(hook -> hook.objectsChanged(room, changes));
  }

  @Override
  public void arrived(Room room) {
    hooks.each(hook -> hook.arrived(room));
  }

  @Override
  public void departed(Room room, String node) {
    hooks.each(hook -> hook.departed(room, node));
  }

  @Override
  public void closed(Room room) {
    hooks.each(hook -> hook.closed(room));
  }
}
