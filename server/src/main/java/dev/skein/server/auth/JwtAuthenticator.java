package dev.skein.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.Set;

/**
 * Accepts a login whose bearer token is a signed JWT: of an allowed algorithm, for our audience,
 * from our issuer, with an expiry that has not passed, and with the uid in its claim. Thread-safe.
 */
public final class JwtAuthenticator implements Authenticator {
  private static final int TOKEN_MAX_CHARS = 8_192;

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
  private final String uidClaim;

  /**
   * What tokens must be like.
   *
   * @param algorithms the only accepted ones; never {@code none}
   * @param keys secrets and public keys they may be signed with
   * @param issuer the only accepted one; empty for any
   * @param audience the one a token must name
   * @param uidClaim the claim that must equal the uid
   * @param clockSkewMillis tolerance in expiry and not-before, rounded up to seconds
   */
  public record Rules(
      Set<String> algorithms,
      JwtKeys keys,
      Optional<String> issuer,
      String audience,
      String uidClaim,
      int clockSkewMillis) {

    public Rules {
      algorithms = Set.copyOf(algorithms);
      if (algorithms.isEmpty()) {
        throw new IllegalArgumentException("algorithms is empty");
      }
      for (String name : algorithms) {
        JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
        if (!JWSAlgorithm.Family.SIGNATURE.contains(algorithm)
            && !JWSAlgorithm.Family.HMAC_SHA.contains(algorithm)) {
          throw new IllegalArgumentException("algorithm " + name + " is not known");
        }
      }
      if (audience.isEmpty()) {
        throw new IllegalArgumentException("audience is empty");
      }
    }
  }

  public JwtAuthenticator(Rules rules, InstantSource clock) {
    this.uidClaim = rules.uidClaim();
    Set<JWSAlgorithm> algorithms =
        rules.algorithms().stream()
            .map(JWSAlgorithm::parse)
            .collect(java.util.stream.Collectors.toUnmodifiableSet());
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(algorithms, new ImmutableJWKSet<>(rules.keys().set())));
    JWTClaimsSet.Builder exact = new JWTClaimsSet.Builder();
    rules.issuer().ifPresent(exact::issuer);
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            rules.audience(), exact.build(), Set.of("exp", rules.uidClaim())) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        };
    claims.setMaxClockSkew((rules.clockSkewMillis() + 999) / 1_000);
    processor.setJWTClaimsSetVerifier(claims);
  }

  @Override
  public void authenticate(Login login) throws AuthenticationException {
    String token =
        login.bearer().orElseThrow(() -> new AuthenticationException("a bearer token is needed"));
    if (token.length() > TOKEN_MAX_CHARS) {
      throw new AuthenticationException("the token is too long");
    }
    if (!login.uid().equals(uidOf(token))) {
      throw new AuthenticationException("the token is for another uid");
    }
  }

  private String uidOf(String token) throws AuthenticationException {
    try {
      String uid = processor.process(token, null).getStringClaim(uidClaim);
      return uid == null ? "" : uid;
    } catch (BadJOSEException | JOSEException | ParseException e) {
      // Nimbus' texts name the failed check, never key material.
      throw new AuthenticationException("the token is refused: " + e.getMessage());
    }
  }

  /** The keys tokens may be signed with. Immutable. */
  public static final class JwtKeys {
    private static final int SECRET_MIN_BYTES = 32;

    private final JWKSet set;

    private JwtKeys(JWKSet set) {
      this.set = set;
    }

    JWKSet set() {
      return set;
    }

    /** An HMAC secret of at least 32 bytes. */
    public static JwtKeys secret(byte[] secret) {
      if (secret.length < SECRET_MIN_BYTES) {
        throw new IllegalArgumentException(
            "secret has " + secret.length + " bytes, less than " + SECRET_MIN_BYTES);
      }
      return new JwtKeys(new JWKSet(new OctetSequenceKey.Builder(secret).build()));
    }

    /** A JWK set in JSON. */
    public static JwtKeys jwkSet(String json) {
      try {
        return new JwtKeys(JWKSet.parse(json));
      } catch (ParseException e) {
        throw new IllegalArgumentException("not a JWK set: " + e.getMessage(), e);
      }
    }

    /** A public RSA or EC key in PEM ({@code BEGIN PUBLIC KEY}). */
    public static JwtKeys pem(String pem) {
      JWK key =
          switch (PemKey.parse(pem)) {
            case java.security.interfaces.RSAPublicKey rsa -> new RSAKey.Builder(rsa).build();
            case java.security.interfaces.ECPublicKey ec ->
                new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).build();
            case java.security.PublicKey other ->
                throw new IllegalArgumentException(other.getAlgorithm() + " keys are not accepted");
          };
      return new JwtKeys(new JWKSet(key));
    }
  }
}
