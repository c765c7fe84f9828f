package dev.skein.server.auth;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Decides who may log in. Called for every endpoint call on a virtual thread of its own, so it may
 * block; must be thread-safe.
 */
@FunctionalInterface
public interface Authenticator {

  /**
   * Returns normally if the caller is who it says.
   *
   * @throws AuthenticationException if not; its text is told to the caller
   */
  void authenticate(Login login) throws AuthenticationException;

  /**
   * One attempt to log in.
   *
   * @param uid who the caller wants to be
   * @param type the server type it asks for
   * @param bearer the token of its {@code Authorization: Bearer} header
   * @param address where it calls from
   */
  record Login(String uid, String type, Optional<String> bearer, InetSocketAddress address) {}

  /** Accepts everybody: for development only. */
  static Authenticator acceptAll() {
    return login -> {};
  }
}
