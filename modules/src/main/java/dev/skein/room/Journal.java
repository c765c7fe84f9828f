package dev.skein.room;

import dev.skein.protocol.room.ChatLine;
import java.util.Collection;

/** Is told what changes in a room, for its backups; one without does not care. */
interface Journal {
  /** Of a room without backups. */
  Journal NONE = new Journal() {};

  /** Something that there is once: the owner, the registration, how long it has been empty. */
  default void charter() {}

  /** A member has come, moved or gone. */
  default void member(int number) {}

  default void reservations() {}

  /** Properties were set or removed. */
  default void properties(Collection<String> keys) {}

  /** An object was written or removed. */
  default void object(String key) {}

  /** Members were told of all changed objects. */
  default void objectsTold() {}

  default void chat(ChatLine line) {}

  /** The room is no more. */
  default void closed() {}
}
