package dev.skein.server.auth;

import dev.skein.server.auth.JwtAuthenticator.JwtKeys;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** Makes the authenticator a configuration asks for. */
public final class ConfiguredAuthenticator {
  private final NodeConfig config;

  private ConfiguredAuthenticator(NodeConfig config) {
    this.config = config;
  }

  /**
   * The authenticator of {@code auth.mode}.
   *
   * @throws ConfigException if a setting it needs is missing or wrong
   */
  public static Authenticator of(NodeConfig config, InstantSource clock) {
    return switch (config.get(Settings.AUTH_MODE)) {
      case DEV -> Authenticator.acceptAll();
      case JWT -> new ConfiguredAuthenticator(config).jwt(clock);
    };
  }

  private Authenticator jwt(InstantSource clock) {
    JwtKeys keys = keys();
    String issuer = config.get(Settings.AUTH_JWT_ISSUER);
    String audience = config.get(Settings.AUTH_JWT_AUDIENCE);
    if (audience.isEmpty()) {
      throw wrong(Settings.AUTH_JWT_AUDIENCE, "", "the audience tokens must name");
    }
    try {
      return new JwtAuthenticator(
          new JwtAuthenticator.Rules(
              Set.copyOf(config.get(Settings.AUTH_JWT_ALGORITHMS)),
              keys,
              issuer.isEmpty() ? Optional.empty() : Optional.of(issuer),
              audience,
              config.get(Settings.AUTH_JWT_UID_CLAIM),
              config.get(Settings.AUTH_JWT_CLOCK_SKEW_MILLIS)),
          clock);
    } catch (IllegalArgumentException e) {
      throw wrong(
          Settings.AUTH_JWT_ALGORITHMS,
          String.join(", ", config.get(Settings.AUTH_JWT_ALGORITHMS)),
          "signature algorithms such as HS256, RS256, ES256");
    }
  }

  private JwtKeys keys() {
    String secret = config.get(Settings.AUTH_JWT_SECRET);
    if (!secret.isEmpty()) {
      try {
        return JwtKeys.secret(Base64.getDecoder().decode(secret));
      } catch (IllegalArgumentException e) {
        throw wrong(Settings.AUTH_JWT_SECRET, "(secret)", "base64 of at least 32 bytes");
      }
    }
    String file = config.get(Settings.AUTH_JWT_KEY_FILE);
    if (file.isEmpty()) {
      throw wrong(Settings.AUTH_JWT_KEY_FILE, "", "this or " + Settings.AUTH_JWT_SECRET);
    }
    try {
      String text = Files.readString(config.relative(file));
      return text.strip().startsWith("{") ? JwtKeys.jwkSet(text) : JwtKeys.pem(text);
    } catch (IOException | IllegalArgumentException e) {
      throw wrong(Settings.AUTH_JWT_KEY_FILE, file, "a PEM public key or a JWK set in JSON");
    }
  }

  private ConfigException wrong(Setting<?> setting, String value, String expected) {
    return new ConfigException(config.origin(), setting.key(), value, expected);
  }
}
