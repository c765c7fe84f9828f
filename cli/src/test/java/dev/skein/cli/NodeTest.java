package dev.skein.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.server.Role;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeTest {

  @Test
  void theReadyLineNamesTheOpenPortsInAFixedOrder() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    assertThat(
            Node.readyLine(
                Map.of(
                    Role.WS, new InetSocketAddress(loopback, 7300),
                    Role.UDP, new InetSocketAddress(loopback, 7100),
                    Role.HTTP, new InetSocketAddress(loopback, 7000),
                    Role.TCP, new InetSocketAddress(loopback, 7200)),
                Optional.of(new InetSocketAddress(loopback, 7001))))
        .isEqualTo(
            "READY {\"http\":\"127.0.0.1:7000\",\"udp\":\"127.0.0.1:7100\","
                + "\"tcp\":\"127.0.0.1:7200\",\"ws\":\"127.0.0.1:7300\",\"admin\":\"127.0.0.1:7001\"}");
  }

  @Test
  void aPortThatIsNotOpenIsNotNamed() throws Exception {
    InetAddress any = InetAddress.getByName("::");
    assertThat(Node.readyLine(Map.of(Role.HTTP, new InetSocketAddress(any, 80)), Optional.empty()))
        .isEqualTo("READY {\"http\":\"[0:0:0:0:0:0:0:0]:80\"}");
  }
}
