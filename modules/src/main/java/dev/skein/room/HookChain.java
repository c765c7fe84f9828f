package dev.skein.room;

import dev.skein.protocol.Code;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import dev.skein.server.User;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several hooks as one: each in turn; what they throw is turned into a refusal or logged. */
final class HookChain implements RoomHooks {
  private static final Logger log = LoggerFactory.getLogger(HookChain.class);

  private final List<RoomHooks> hooks;

  HookChain(List<RoomHooks> hooks) {
    this.hooks = new CopyOnWriteArrayList<>(hooks);
  }

  void add(RoomHooks more) {
    hooks.add(more);
  }

  @Override
  public RoomOptions beforeCreate(User maker, RoomOptions wanted) {
    RoomOptions options = wanted;
    for (RoomHooks hook : hooks) {
      RoomOptions before = options;
      options = guarded(() -> hook.beforeCreate(maker, before));
    }
    return options;
  }

  @Override
  public void created(Room room) {
    each(hook -> hook.created(room));
  }

  @Override
  public byte[] beforeJoin(Room room, User user, byte[] message) {
    byte[] welcome = new byte[0];
    for (RoomHooks hook : hooks) {
      byte[] said = guarded(() -> hook.beforeJoin(room, user, message));
      welcome = said.length > 0 ? said : welcome;
    }
    return welcome;
  }

  @Override
  public void joined(Room room, Member member, byte[] message) {
    each(hook -> hook.joined(room, member, message));
  }

  @Override
  public void beforeLeave(Room room, Member member, byte[] message) {
    for (RoomHooks hook : hooks) {
      guarded(() -> {
        hook.beforeLeave(room, member, message);
        return member;
      });
    }
  }

  @Override
  public void left(Room room, Member member, LeaveReason reason, byte[] message) {
    each(hook -> hook.left(room, member, reason, message));
  }

  @Override
  public byte[] discardMessage(Room room, Member member) {
    byte[] message = new byte[0];
    for (RoomHooks hook : hooks) {
      try {
        byte[] said = hook.discardMessage(room, member);
        message = said.length > 0 ? said : message;
      } catch (RuntimeException thrown) {
        log.error("a room hook threw", thrown);
      }
    }
    return message;
  }

  @Override
  public Optional<Member> electOwner(Room room, List<Member> candidates) {
    for (RoomHooks hook : hooks) {
      try {
        Optional<Member> elected = hook.electOwner(room, candidates).filter(candidates::contains);
        if (elected.isPresent()) {
          return elected;
        }
      } catch (RuntimeException thrown) {
        log.error("a room hook threw", thrown);
      }
    }
    return Optional.empty();
  }

  @Override
  public void ownerChanged(Room room, Member owner) {
    each(hook -> hook.ownerChanged(room, owner));
  }

  @Override
  public Optional<String> beforeChat(Room room, Member member, String text) {
    Optional<String> said = Optional.of(text);
    for (RoomHooks hook : hooks) {
      if (said.isEmpty()) {
        return said;
      }
      String before = said.get();
      said = guarded(() -> hook.beforeChat(room, member, before));
    }
    return said;
  }

  @Override
  public void chatted(Room room, ChatLine line) {
    each(hook -> hook.chatted(room, line));
  }

  @Override
  public void beforePropertiesChange(
      Room room, Member member, Map<String, Optional<Value>> changes) {
    for (RoomHooks hook : hooks) {
      guarded(() -> {
        hook.beforePropertiesChange(room, member, changes);
        return changes;
      });
    }
  }

  @Override
  public void propertiesChanged(Room room, Map<String, Optional<Value>> changes) {
    each(hook -> hook.propertiesChanged(room, changes));
  }

  @Override
  public void objectsChanged(Room room, Map<String, Optional<Value>> changes) {
    each(hook -> hook.objectsChanged(room, changes));
  }

  @Override
  public void closed(Room room) {
    each(hook -> hook.closed(room));
  }

  private void each(Consumer<RoomHooks> call) {
    for (RoomHooks hook : hooks) {
      try {
        call.accept(hook);
      } catch (RuntimeException thrown) {
        log.error("a room hook threw", thrown);
      }
    }
  }

  private static <T> T guarded(Supplier<T> hook) {
    try {
      return hook.get();
    } catch (CommandException refused) {
      throw refused;
    } catch (RuntimeException thrown) {
      log.error("a room hook threw", thrown);
      throw CommandException.err(Code.INTERNAL, "the room's hook failed");
    }
  }
}
