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
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP and WebSocket in TLS, with a certificate made for the test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsWireTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final byte[] LARGE = new byte[60_000];

  @TempDir private static Path folder;
  private static Server server;
  private static ClientLoop trusting;

  @BeforeAll
  static void start() throws Exception {
    KeyStore store = selfSigned();
    Path certificate = folder.resolve("server.crt");
    Path key = folder.resolve("server.key");
    Files.writeString(certificate, pem("CERTIFICATE", store.getCertificate("skein").getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", store.getKey("skein", PASSWORD).getEncoded()));
    server =
        Server.builder()
            .listen(Port.http(0), Port.tcp(0), Port.websocket(0))
            .set(Settings.STREAM_TLS_CERTIFICATE_FILE, certificate.toString())
            .set(Settings.STREAM_TLS_KEY_FILE, key.toString())
            .start();
    trusting = ClientLoop.builder().tls(trust(store.getCertificate("skein"))).start();
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

  private static KeyStore selfSigned()
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "skein",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static SSLContext trust(Certificate certificate)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("skein", certificate);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static String pem(String what, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }
}
