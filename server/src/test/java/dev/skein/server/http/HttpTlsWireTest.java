package dev.skein.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.TestCertificate;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpTlsWireTest {
  @TempDir static Path directory;

  private static TestCertificate made;
  private static Path certificate;
  private static Path key;

  @BeforeAll
  static void makeCertificate() throws Exception {
    made = TestCertificate.in(directory);
    certificate = made.file();
    key = made.keyFile();
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
          HttpClient.newBuilder()
              .sslContext(made.trusted())
              .build()
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
}
