package dev.skein.mesh.clustered;

import javax.net.ssl.SSLContext;

/** The TLS that nodes with a secret speak, for what they are measured beside. */
public final class BenchedSecret {
  private BenchedSecret() {}

  public static SSLContext tls(String cluster, String secret) {
    return ClusterSecret.tls(cluster, secret);
  }
}
