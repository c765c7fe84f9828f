package dev.skein.cli;

import java.net.URI;

/** HOST:PORT as options give it. */
public final class Addresses {
  private Addresses() {}

  /**
   * The base address of a node's HTTP role.
   *
   * @param address HOST:PORT, or a whole http or https address
   * @throws Refusal if it is neither
   */
  public static URI http(String address) {
    try {
      URI uri = URI.create(address.contains("://") ? address : "http://" + address);
      boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (known && uri.getHost() != null && (uri.getPort() > 0 || address.contains("://"))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw refusal(address);
    }
    throw refusal(address);
  }

  private static Refusal refusal(String address) {
    return new Refusal("--http " + address + " is not HOST:PORT");
  }
}
