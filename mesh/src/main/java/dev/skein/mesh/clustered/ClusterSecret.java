package dev.skein.mesh.clustered;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Turns the cluster's secret into TLS 1.3 with authentication of both sides. All nodes derive the
 * same Ed25519 key pair from the secret (PBKDF2, {@value #ROUNDS} rounds of HMAC-SHA-256), show a
 * certificate of it and accept no other key. So only who knows the secret gets a connection, and
 * recorded traffic stays secret if the secret leaks later.
 */
final class ClusterSecret {
  private static final int ROUNDS = 210_000;
  private static final int SEED_BITS = 256;
  private static final String ALIAS = "node";
  private static final String FIRST_DAY = "20000101000000Z";
  private static final String NEVER = "99991231235959Z";

  private ClusterSecret() {}

  /** The key's owner is the secret and the cluster's name together. */
  static SSLContext tls(String cluster, String secret) {
    try {
      KeyPair keys = keys(cluster, secret);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new OneKey(keys.getPrivate(), certificate(keys))},
          new TrustManager[] {new SameKey(keys.getPublic())},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot do TLS 1.3 with Ed25519", e);
    }
  }

  private static KeyPair keys(String cluster, String secret) throws GeneralSecurityException {
    byte[] salt = ("skein mesh " + cluster).getBytes(StandardCharsets.UTF_8);
    byte[] seed =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
            .generateSecret(new PBEKeySpec(secret.toCharArray(), salt, ROUNDS, SEED_BITS))
            .getEncoded();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(NamedParameterSpec.ED25519, new Seed(seed));
    return generator.generateKeyPair();
  }

  /** An Ed25519 private key is its 32 random bytes; these are not random but derived. */
  private static final class Seed extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] seed;

    private Seed(byte[] seed) {
      this.seed = seed;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      if (bytes.length != seed.length) {
        throw new IllegalStateException("an Ed25519 key of " + bytes.length + " bytes");
      }
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }

  /** A self-signed X.509 certificate (RFC 5280, RFC 8410); the JDK reads but does not make them. */
  private static X509Certificate certificate(KeyPair keys) throws GeneralSecurityException {
    byte[] algorithm = der(0x30, new byte[] {0x06, 0x03, 0x2b, 0x65, 0x70});
    byte[] name =
        der(
            0x30,
            der(
                0x31,
                der(0x30, new byte[] {0x06, 0x03, 0x55, 0x04, 0x03}, der(0x0c, ascii("skein")))));
    byte[] body =
        der(
            0x30,
            der(0xa0, der(0x02, new byte[] {2})),
            der(0x02, BigInteger.ONE.toByteArray()),
            algorithm,
            name,
            der(0x30, der(0x18, ascii(FIRST_DAY)), der(0x18, ascii(NEVER))),
            name,
            keys.getPublic().getEncoded());
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(keys.getPrivate());
    signature.update(body);
    byte[] whole = der(0x30, body, algorithm, der(0x03, new byte[] {0}, signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(whole));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >>> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Shows the cluster's certificate to everybody. */
  private static final class OneKey extends X509ExtendedKeyManager {
    private final PrivateKey key;
    private final X509Certificate certificate;

    private OneKey(PrivateKey key, X509Certificate certificate) {
      this.key = key;
      this.certificate = certificate;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] keyTypes, Principal[] issuers, SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {certificate};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }
  }

  /** Accepts the cluster's own key and nothing else; names and dates mean nothing here. */
  private static final class SameKey extends X509ExtendedTrustManager {
    private final PublicKey key;

    private SameKey(PublicKey key) {
      this.key = key;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      if (chain.length == 0 || !chain[0].getPublicKey().equals(key)) {
        throw new OtherSecretException();
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** The other side has a key of another secret. */
  static final class OtherSecretException extends CertificateException {
    private static final long serialVersionUID = 1L;

    OtherSecretException() {
      super("the other node has another cluster secret");
    }
  }
}
