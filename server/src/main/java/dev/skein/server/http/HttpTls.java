package dev.skein.server.http;

import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS of the HTTP port, from the PEM files a configuration names. */
final class HttpTls {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";
  private static final char[] NO_PASSWORD = {};

  private final NodeConfig config;

  private HttpTls(NodeConfig config) {
    this.config = config;
  }

  /** Empty if the configuration names no certificate. */
  static Optional<SSLContext> of(NodeConfig config) {
    return config.get(Settings.HTTP_TLS_CERTIFICATE_FILE).isEmpty()
        ? Optional.empty()
        : Optional.of(new HttpTls(config).context());
  }

  private SSLContext context() {
    Certificate[] chain = chain();
    PrivateKey key = key(chain[0].getPublicKey().getAlgorithm());
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, NO_PASSWORD);
      store.setKeyEntry("http", key, NO_PASSWORD, chain);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw wrong(Settings.HTTP_TLS_KEY_FILE, "the private key of the certificate");
    }
  }

  private Certificate[] chain() {
    try {
      byte[] pem =
          Files.readAllBytes(config.relative(config.get(Settings.HTTP_TLS_CERTIFICATE_FILE)));
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .toArray(Certificate[]::new);
      if (chain.length > 0) {
        return chain;
      }
      throw wrong(Settings.HTTP_TLS_CERTIFICATE_FILE, "a readable PEM file with certificates");
    } catch (GeneralSecurityException | IOException e) {
      throw wrong(Settings.HTTP_TLS_CERTIFICATE_FILE, "a readable PEM file with certificates");
    }
  }

  private PrivateKey key(String algorithm) {
    try {
      String pem = Files.readString(config.relative(config.get(Settings.HTTP_TLS_KEY_FILE)));
      int begin = pem.indexOf(KEY_BEGIN);
      int end = pem.indexOf(KEY_END);
      if (begin >= 0 && end > begin) {
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(begin + KEY_BEGIN.length(), end));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      }
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw wrong(Settings.HTTP_TLS_KEY_FILE, "a readable PEM file with " + KEY_BEGIN);
    }
    throw wrong(Settings.HTTP_TLS_KEY_FILE, "a readable PEM file with " + KEY_BEGIN);
  }

  private ConfigException wrong(Setting<String> setting, String expected) {
    return new ConfigException(config.origin(), setting.key(), config.get(setting), expected);
  }
}
