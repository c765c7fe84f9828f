package dev.skein.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTlsWireTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir static Path directory;

  private static KeyStore store;
  private static Path certificate;
  private static Path key;

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "http",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor()).isZero();
    store = KeyStore.getInstance(file.toFile(), PASSWORD);
    certificate = pem("http.crt", "CERTIFICATE", store.getCertificate("http").getEncoded());
    key = pem("http.key", "PRIVATE KEY", store.getKey("http", PASSWORD).getEncoded());
  }

  @Test
  void theEntryIsServedOverTls() throws Exception {
    try (Server server =
        Server.builder()
            .listen(Port.http(0))
            .set(Settings.HTTP_TLS_CERTIFICATE_FILE, certificate.toString())
            .set(Settings.HTTP_TLS_KEY_FILE, key.toString())
            .start()) {
      int port = server.address(Role.HTTP).orElseThrow().getPort();
      HttpResponse<String> answer =
          trusting()
              .send(
                  HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/health/live"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void filesThatAreNotACertificateAndItsKeyAreConfigurationErrors() {
    assertRefused(key, key, "http.tlsCertificateFile");
    assertRefused(directory.resolve("none"), key, "http.tlsCertificateFile");
    assertRefused(certificate, certificate, "http.tlsKeyFile");
    assertRefused(certificate, directory.resolve("none"), "http.tlsKeyFile");
  }

  private static void assertRefused(Path certificateFile, Path keyFile, String settingKey) {
    assertThatThrownBy(() ->
            Server.builder()
                .listen(Port.http(0))
                .set(Settings.HTTP_TLS_CERTIFICATE_FILE, certificateFile.toString())
                .set(Settings.HTTP_TLS_KEY_FILE, keyFile.toString())
                .start())
        .isInstanceOfSatisfying(
            ConfigException.class, e -> assertThat(e.key()).isEqualTo(settingKey));
  }

  private static HttpClient trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("http", store.getCertificate("http"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private static Path pem(String name, String kind, byte[] der) throws Exception {
    return Files.writeString(
        directory.resolve(name),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(der), kind));
  }
}
