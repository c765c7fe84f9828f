package dev.skein.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostileTcpRelayWireTest {
  private static final int LIMIT_MILLIS = 5_000;

  private ServerSocket server;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void listen() throws Exception {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(LIMIT_MILLIS);
    opened.add(server);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  @Test
  void bytesKeepTheirOrderAndValueThroughDelayLossAndPieces() throws Exception {
    HostileTcpRelay relay =
        relay(
            Hostility.parse("loss=1,corrupt=50,delay=2,jitter=2"),
            new StreamHostility(500, 0, false));
    Socket client = connect(relay);
    Socket accepted = accept();
    byte[] sent = new byte[50_000];
    new Random(4).nextBytes(sent);
    client.getOutputStream().write(sent);
    client.shutdownOutput();
    assertThat(accepted.getInputStream().readAllBytes()).isEqualTo(sent);

    accepted.getOutputStream().write(sent, 0, 1000);
    accepted.close();
    assertThat(client.getInputStream().readAllBytes()).hasSize(1000);
    assertThat(relay.stats().forwarded()).isGreaterThan(100);
    assertThat(relay.stats().corrupted()).isZero();
  }

  @Test
  void corruptionMustBeAskedForAndThenHappens() throws Exception {
    HostileTcpRelay relay = relay(Hostility.parse("corrupt=100"), new StreamHostility(0, 0, true));
    Socket client = connect(relay);
    client.getOutputStream().write(0);
    assertThat(Integer.bitCount(accept().getInputStream().read())).isEqualTo(1);
  }

  @Test
  void aCutEndsBothSidesAndANewConnectionPasses() throws Exception {
    HostileTcpRelay relay = relay(Hostility.NONE, StreamHostility.NONE);
    Socket client = connect(relay);
    Socket accepted = accept();
    say(client, "a");
    assertThat(accepted.getInputStream().read()).isEqualTo('a');
    relay.cutAll();
    assertEnded(client);
    assertEnded(accepted);

    Socket again = connect(relay);
    Socket acceptedAgain = accept();
    say(again, "b");
    assertThat(acceptedAgain.getInputStream().read()).isEqualTo('b');
    assertThat(relay.connections()).isEqualTo(1);
  }

  @Test
  void randomCutsCome() throws Exception {
    HostileTcpRelay relay = relay(Hostility.NONE, new StreamHostility(0, 20, false));
    Socket client = connect(relay);
    assertEnded(client);
  }

  @Test
  void aStalledRelayKeepsEverythingUntilItResumes() throws Exception {
    HostileTcpRelay relay = relay(Hostility.NONE, StreamHostility.NONE);
    Socket client = connect(relay);
    Socket accepted = accept();
    say(client, "a");
    assertThat(accepted.getInputStream().read()).isEqualTo('a');
    relay.stall();
    // The stall is a task of the relay's thread like accepting: behind a new connection it is done.
    connect(relay);
    accept();
    say(client, "b");
    accepted.setSoTimeout(100);
    assertThatThrownBy(() -> accepted.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    relay.resume();
    accepted.setSoTimeout(LIMIT_MILLIS);
    assertThat(accepted.getInputStream().read()).isEqualTo('b');
  }

  @Test
  void aServerThatIsNotThereCutsTheClient() throws Exception {
    HostileTcpRelay relay = relay(Hostility.NONE, StreamHostility.NONE);
    server.close();
    try {
      assertEnded(connect(relay));
    } catch (SocketException e) {
      // The cut came before connect had returned.
      assertThat(e).hasMessageContaining("reset");
    }
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The end of stream or a reset: both are an end. */
  private static void assertEnded(Socket socket) {
    int read;
    try {
      read = socket.getInputStream().read();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (IOException e) {
      read = -1;
    }
    assertThat(read).isEqualTo(-1);
  }

  private HostileTcpRelay relay(Hostility hostility, StreamHostility streams) {
    HostileTcpRelay relay =
        HostileTcpRelay.start(
            (InetSocketAddress) server.getLocalSocketAddress(), hostility, streams);
    opened.add(relay);
    return relay;
  }

  private Socket connect(HostileTcpRelay relay) throws IOException {
    Socket socket = new Socket();
    opened.add(socket);
    socket.connect(relay.address(), LIMIT_MILLIS);
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  private Socket accept() throws IOException {
    Socket socket = server.accept();
    opened.add(socket);
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }
}
