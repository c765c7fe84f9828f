package dev.skein.client.room;

import dev.skein.client.Subscription;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Those who want to hear of one kind of event. One that throws does not harm the others. */
final class Listeners<L> {
  private static final Logger LOG = System.getLogger(Listeners.class.getName());

  private final CopyOnWriteArrayList<L> all = new CopyOnWriteArrayList<>();

  Subscription add(L listener) {
    all.add(listener);
    return () -> all.remove(listener);
  }

  void tell(Consumer<L> call) {
    for (L listener : all) {
      try {
        call.accept(listener);
      } catch (RuntimeException thrown) {
        LOG.log(Level.ERROR, "a room listener threw", thrown);
      }
    }
  }
}
