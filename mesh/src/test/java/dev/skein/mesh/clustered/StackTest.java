package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.clustered.Stack.Binding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jgroups.JChannel;
import org.jgroups.ObjectMessage;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.stack.Protocol;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each of these was measured to hurt when it is otherwise. */
class StackTest {
  private final JChannel channel = channel();

  private static JChannel channel() {
    InetAddress host = InetAddress.getLoopbackAddress();
    ClusterConfig config =
        ClusterConfig.builder().discovery(new Discovery.Seeds(List.of("127.0.0.1:7800"))).build();
    try {
      return Stack.channel(
          config,
          new Binding("a", host, 7_800, Optional.empty(), ClusterConfig.PROTOCOL_VERSION),
          NodeAddress.create("a", new InetSocketAddress(host, 8_000)),
          List.of(new InetSocketAddress(host, 7_800)),
          true,
          new Views(view -> {}));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() {
    channel.close();
  }

  private <T extends Protocol> T protocol(Class<T> type) {
    T found = channel.getProtocolStack().findProtocol(type);
    assertThat(found).as(type.getSimpleName()).isNotNull();
    return found;
  }

  @Test
  void nothingThatCollapsesUnderBurstsIsInTheStack() {
    assertThat(channel.getProtocolStack().getProtocols())
        .extracting(Protocol::getName)
        .doesNotContain("RED", "UNICAST4")
        .contains("UNICAST3");
    assertThat(protocol(TCP.class).getBundler()).isInstanceOf(PatientBundler.class);
  }

  @Test
  void aFrozenNodeTakesFewerBytesThanASocketHolds() {
    TCP tcp = protocol(TCP.class);
    long credits =
        Math.max(protocol(UFC.class).getMaxCredits(), protocol(MFC.class).getMaxCredits());
    assertThat(credits).isLessThan(tcp.getSendBufSize()).isLessThan(tcp.getRecvBufSize());
  }

  @Test
  void oneAnswerTellsANewcomerOfAllNodes() {
    assertThat(protocol(TCPPING.class).returnEntireCache()).isTrue();
  }

  @Test
  void javaObjectsOfOtherNodesAreNotMade() throws Exception {
    ByteArrayDataOutputStream sent = new ByteArrayDataOutputStream();
    new ObjectMessage(null, new ArrayList<>(List.of("hostile"))).writeTo(sent);

    assertThatThrownBy(() ->
            new ObjectMessage()
                .readFrom(new ByteArrayDataInputStream(sent.buffer(), 0, sent.position())))
        .isInstanceOf(InvalidClassException.class)
        .hasMessageContaining("REJECTED");
  }

  @Test
  void javaObjectsOfTheGameAreItsOwnBusiness() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new ArrayList<>(List.of("friendly")));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(List.of("friendly"));
    }
  }
}
