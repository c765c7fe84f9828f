package dev.skein.server.transport;

import static dev.skein.server.transport.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.Channel;
import dev.skein.server.Role;
import dev.skein.server.transport.TransportConfig.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

class TlsWireTest {

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(TlsWireTest.class.getResource("/tls/" + name), name).toURI());
  }

  private static TransportConfig config() throws URISyntaxException {
    return TransportConfig.DEFAULTS
        .withShards(2)
        .withTls(new Tls(resource("certificate.pem"), resource("key.pem")));
  }

  private static SSLContext trust()
      throws GeneralSecurityException, IOException, URISyntaxException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(resource("certificate.pem"))) {
      store.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trusted.getTrustManagers(), null);
    return context;
  }

  @Test
  void aSessionInTlsTalksAndGoesOnAfterACut() throws Exception {
    SSLContext trust = trust();
    try (EchoNode node = new EchoNode(config(), Role.TCP);
        RawStreamClient client =
            new RawStreamClient(
                () -> RecordPipe.tls(node.address(Role.TCP), trust), node.ticket("ann"))) {
      await().until(() -> client.pump().isOpen());
      for (int round = 0; round < 4; round++) {
        String text = "round " + round;
        client.send(Channel.ordered(0), text);
        await().until(() -> client.pump().received.contains(text));
        client.resume();
        await().until(() -> client.pump().isOpen());
      }
      assertThat(client.received).hasSize(4);
    }
  }

  @Test
  void aStreamWithoutTlsIsRefused() throws Exception {
    try (EchoNode node = new EchoNode(config(), Role.TCP)) {
      RecordPipe plain = RecordPipe.tcp(node.address(Role.TCP));
      plain.send(new byte[100], 100);
      await().until(plain::isClosed);
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.BAD_STREAM)).isOne());
    }
  }

  @Test
  void aMissingCertificateIsNamed() {
    Tls missing = new Tls(Path.of("no-such-certificate.pem"), Path.of("no-such-key.pem"));
    assertThatThrownBy(
            () -> new EchoNode(TransportConfig.DEFAULTS.withTls(missing), Role.TCP).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-certificate.pem");
  }
}
