package dev.skein.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.server.transport.Occupancy.Origin;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class OccupancyTest {
  private final Occupancy occupancy =
      new Occupancy(TransportConfig.Limits.DEFAULTS.withConnections(3, 2));

  private static Origin origin(String address) {
    return Origin.of(PeerAddress.of(new InetSocketAddress(InetAddress.ofLiteral(address), 9)));
  }

  @Test
  void theNodeAndEachAddressHaveTheirLimit() {
    Origin one = origin("192.0.2.1");
    Origin two = origin("192.0.2.2");
    assertThat(occupancy.admit(one)).isNull();
    assertThat(occupancy.admit(one)).isNull();
    assertThat(occupancy.admit(one)).isEqualTo(DropReason.ADDRESS_FULL);
    assertThat(occupancy.admit(two)).isNull();
    assertThat(occupancy.admit(two)).isEqualTo(DropReason.NODE_FULL);
    assertThat(occupancy.total()).isEqualTo(3);
    occupancy.release(one);
    assertThat(occupancy.admit(two)).isNull();
  }

  @Test
  void anIpv6NetworkCountsAsOneAndAMappedAddressAsIpv4() {
    assertThat(origin("2001:db8::1")).isEqualTo(origin("2001:db8::ffff"));
    assertThat(origin("2001:db8:0:1::1")).isNotEqualTo(origin("2001:db8::1"));
    PeerAddress mapped = PeerAddress.v6(0, 0xffff_c000_0201L, 9);
    assertThat(Origin.of(mapped)).isEqualTo(origin("192.0.2.1"));
    assertThat(mapped.toInetSocketAddress().getAddress().getHostAddress()).isEqualTo("192.0.2.1");
  }
}
