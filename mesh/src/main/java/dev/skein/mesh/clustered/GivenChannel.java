package dev.skein.mesh.clustered;

import java.util.List;
import javax.sql.DataSource;
import org.infinispan.remoting.transport.jgroups.JGroupsChannelConfigurator;
import org.jgroups.JChannel;
import org.jgroups.conf.ProtocolConfiguration;
import org.jgroups.util.SocketFactory;

/**
 * A channel for Infinispan, which makes its transport itself and asks here for what to make it of.
 * A transport given to it instead would be left for its own, which is UDP.
 *
 * @param name of the stack, for Infinispan's log
 */
public record GivenChannel(String name, JChannel channel) implements JGroupsChannelConfigurator {
  @Override
  public String getName() {
    return name;
  }

  @Override
  public JChannel createChannel(String wanted) {
    return channel;
  }

  @Override
  public void setSocketFactory(SocketFactory socketFactory) {
    throw new UnsupportedOperationException("the channel has its sockets already");
  }

  @Override
  public void setDataSource(DataSource dataSource) {
    throw new UnsupportedOperationException("the channel has its discovery already");
  }

  @Override
  public String getProtocolStackString() {
    return channel.getProtocolStack().printProtocolSpec(false);
  }

  @Override
  public List<ProtocolConfiguration> getProtocolStack() {
    return List.of();
  }
}
