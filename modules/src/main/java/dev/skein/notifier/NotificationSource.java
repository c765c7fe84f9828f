package dev.skein.notifier;

import java.util.Optional;

/** Where a service's notifications come from, such as a table that the operators fill. */
@FunctionalInterface
public interface NotificationSource {
  /**
   * Called once in the cluster at each turn of the service, on a virtual thread of one node; may
   * block. What it throws is logged and counted, and the next turn comes as usual.
   *
   * @return what there is to say now; the same id may be returned again and again
   */
  Optional<Notification> next() throws Exception;
}
