package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.ClientBuilder;
import dev.skein.client.ClientLoop;
import dev.skein.client.ConnectFailed;
import dev.skein.client.SocketFaults;
import dev.skein.client.Transport;
import dev.skein.server.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP and WebSocket in TLS, with a certificate made for the test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsWireTest {
  private static final byte[] LARGE = new byte[60_000];

  @TempDir private static Path folder;
  private static Server server;
  private static ClientLoop trusting;

  @BeforeAll
  static void start() throws Exception {
    TestCertificate certificate = TestCertificate.in(folder);
    server =
        Server.builder()
            .listen(Port.http(0), Port.tcp(0), Port.websocket(0))
            .set(Settings.STREAM_TLS_CERTIFICATE_FILE, certificate.file().toString())
            .set(Settings.STREAM_TLS_KEY_FILE, certificate.keyFile().toString())
            .start();
    trusting = ClientLoop.builder().tls(certificate.trusted()).start();
  }

  @AfterAll
  static void stop() {
    server.stop();
    trusting.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"TCP", "WS"})
  void aClientThatTrustsTheCertificateTalksAndResumesInTls(Transport transport) {
    try (Client client = builder(transport).loop(trusting).tls(true).connect().join()) {
      assertThat(client.call(0, 1, LARGE).join()).isEqualTo(LARGE);
      SocketFaults.of(client).replaceSocket();
      assertThat(client.call(0, 1, LARGE).join()).isEqualTo(LARGE);
      assertThat(client.stats().resumes()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"TCP", "WS"})
  void aClientThatDoesNotTrustItOrSpeaksNoTlsDoesNotConnect(Transport transport) {
    assertThatThrownBy(() -> builder(transport).tls(true).connect().join())
        .hasCauseInstanceOf(ConnectFailed.class);
    assertThatThrownBy(
            () -> builder(transport).connectTimeout(Duration.ofSeconds(2)).connect().join())
        .hasCauseInstanceOf(ConnectFailed.class);
  }

  private static ClientBuilder builder(Transport transport) {
    int http = server.address(Role.HTTP).orElseThrow().getPort();
    return Client.builder().http("127.0.0.1:" + http).uid("alice").transport(transport);
  }
}
