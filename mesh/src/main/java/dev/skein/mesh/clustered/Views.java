package dev.skein.mesh.clustered;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.Event;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;

/**
 * The top of the stack: tells who is in the cluster before Infinispan hears of it. Called by
 * JGroups, on its threads.
 */
final class Views extends Protocol {
  private static final short PROTOCOL_ID = 3_072;

  static {
    ClassConfigurator.addProtocol(PROTOCOL_ID, Views.class);
  }

  private final Consumer<View> receiver;

  /**
   * @param receiver is told of one view at a time
   */
  Views(Consumer<View> receiver) {
    this.receiver = receiver;
    this.id = PROTOCOL_ID;
  }

  /** Where a node listens; empty in a cluster without sockets, or while it is not known yet. */
  Optional<InetSocketAddress> endpointOf(Address node) {
    return down_prot.down(new Event(Event.GET_PHYSICAL_ADDRESS, node)) instanceof IpAddress there
        ? Optional.of(new InetSocketAddress(there.getIpAddress(), there.getPort()))
        : Optional.empty();
  }

  @Override
  public Object up(Event evt) {
    if (evt.getType() == Event.VIEW_CHANGE) {
      receiver.accept(evt.getArg());
    }
    return up_prot.up(evt);
  }
}
