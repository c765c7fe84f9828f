package dev.skein.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Those who want to hear of one kind of event, for what is built on top of a client. One that
 * throws does not harm the others. Any thread.
 *
 * @param <L> the listener's interface
 */
public final class Listeners<L> {
  private static final Logger LOG = System.getLogger(Listeners.class.getName());

  private final CopyOnWriteArrayList<L> all = new CopyOnWriteArrayList<>();

  /** Listens until the subscription is cancelled. */
  public Subscription add(L listener) {
    all.add(listener);
    return () -> all.remove(listener);
  }

  /** Calls every listener, in the order they came. */
  public void tell(Consumer<L> call) {
    for (L listener : all) {
      try {
        call.accept(listener);
      } catch (RuntimeException thrown) {
        LOG.log(Level.ERROR, "a listener threw", thrown);
      }
    }
  }
}
