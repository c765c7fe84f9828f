package dev.skein.server.auth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.skein.server.auth.JwtAuthenticator.JwtKeys;
import dev.skein.server.auth.JwtAuthenticator.Rules;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JwtAuthenticatorTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final int SKEW_MILLIS = 5_000;
  private static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final JwtAuthenticator hmac = authenticator(JwtKeys.secret(SECRET), "HS256");

  @Test
  void aGoodTokenOfTheSameUidIsAccepted() throws Exception {
    accepted(hmac, signed(JWSAlgorithm.HS256, new MACSigner(SECRET), good().build()));
  }

  @Test
  void withoutATokenNobodyLogsIn() {
    refused(hmac, Optional.empty(), "bearer token is needed");
    refused(hmac, Optional.of("not a token"), "");
    refused(hmac, Optional.of("x".repeat(8_193)), "too long");
  }

  @Test
  void anotherUidIsRefused() throws Exception {
    refused(hmac, sign(good().subject("bob").build()), "another uid");
    refused(hmac, sign(without("sub")), "sub");
  }

  @Test
  void aTokenIsGoodUntilItsExpiryAndTheTolerancePassed() throws Exception {
    Instant last = NOW.minusMillis(SKEW_MILLIS - 1_000);
    accepted(hmac, sign(good().expirationTime(Date.from(last)).build()));
    Instant justPast = NOW.minusMillis(SKEW_MILLIS + 1_000);
    refused(hmac, sign(good().expirationTime(Date.from(justPast)).build()), "xpired");
    refused(hmac, sign(without("exp")), "exp");
  }

  @Test
  void aTokenThatIsNotValidYetIsRefused() throws Exception {
    refused(
        hmac,
        sign(good().notBeforeTime(Date.from(NOW.plusMillis(SKEW_MILLIS + 1_000))).build()),
        "before");
  }

  @Test
  void anotherAudienceOrIssuerIsRefused() throws Exception {
    refused(hmac, sign(good().audience("another-game").build()), "aud");
    refused(hmac, sign(without("aud")), "aud");
    refused(hmac, sign(good().issuer("mallory").build()), "iss");
    refused(hmac, sign(without("iss")), "iss");
  }

  @Test
  void aForgedSignatureIsRefused() throws Exception {
    byte[] otherSecret = SECRET.clone();
    otherSecret[0] ^= 1;
    refused(hmac, signed(JWSAlgorithm.HS256, new MACSigner(otherSecret), good().build()), "");
    String token = sign(good().build()).orElseThrow();
    String[] parts = token.split("\\.");
    String forged =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                good().claim("admin", true).build().toString().getBytes(StandardCharsets.UTF_8));
    refused(hmac, Optional.of(parts[0] + "." + forged + "." + parts[2]), "");
  }

  @Test
  void algorithmNoneIsRefused() {
    refused(hmac, Optional.of(new PlainJWT(good().build()).serialize()), "");
  }

  @Test
  void anAlgorithmThatIsNotAllowedIsRefusedEvenWithTheRightSecret() throws Exception {
    byte[] secret = "0123456789abcdef".repeat(4).getBytes(StandardCharsets.US_ASCII);
    JwtAuthenticator onlyHs256 = authenticator(JwtKeys.secret(secret), "HS256");
    refused(onlyHs256, signed(JWSAlgorithm.HS512, new MACSigner(secret), good().build()), "");
  }

  @Test
  void rsaAndEcKeysInPemVerifyTheirOwnTokensOnly() throws Exception {
    KeyPair rsa = rsaKeys();
    KeyPair ec = ecKeys();
    JwtAuthenticator byRsa = authenticator(JwtKeys.pem(pem(rsa.getPublic())), "RS256");
    JwtAuthenticator byEc = authenticator(JwtKeys.pem(pem(ec.getPublic())), "ES256");
    Optional<String> rsaToken =
        signed(JWSAlgorithm.RS256, new RSASSASigner(rsa.getPrivate()), good().build());
    Optional<String> ecToken =
        signed(JWSAlgorithm.ES256, new ECDSASigner((ECPrivateKey) ec.getPrivate()), good().build());
    accepted(byRsa, rsaToken);
    accepted(byEc, ecToken);
    refused(byRsa, ecToken, "");
    refused(byEc, rsaToken, "");
  }

  @Test
  void aPublicKeyIsNotAnHmacSecret() throws Exception {
    KeyPair rsa = rsaKeys();
    JwtAuthenticator both = authenticator(JwtKeys.pem(pem(rsa.getPublic())), "RS256", "HS256");
    refused(
        both,
        signed(JWSAlgorithm.HS256, new MACSigner(rsa.getPublic().getEncoded()), good().build()),
        "");
  }

  @Test
  void rulesThatMakeNoSenseFailAtOnce() {
    JwtKeys keys = JwtKeys.secret(SECRET);
    assertThatThrownBy(() -> rules(keys, "none")).hasMessageContaining("none");
    assertThatThrownBy(() -> rules(keys)).hasMessageContaining("empty");
    assertThatThrownBy(() -> JwtKeys.secret(new byte[31])).hasMessageContaining("31 bytes");
    assertThatThrownBy(() -> JwtKeys.pem("nonsense")).hasMessageContaining("BEGIN PUBLIC KEY");
    assertThatThrownBy(() -> JwtKeys.jwkSet("{}")).hasMessageContaining("JWK set");
  }

  private static JwtAuthenticator authenticator(JwtKeys keys, String... algorithms) {
    return new JwtAuthenticator(rules(keys, algorithms), InstantSource.fixed(NOW));
  }

  private static Rules rules(JwtKeys keys, String... algorithms) {
    return new Rules(
        Set.of(algorithms), keys, Optional.of("login"), "our-game", "sub", SKEW_MILLIS);
  }

  private static JWTClaimsSet.Builder good() {
    return new JWTClaimsSet.Builder()
        .subject("alice")
        .issuer("login")
        .audience("our-game")
        .expirationTime(Date.from(NOW.plusSeconds(60)));
  }

  private static JWTClaimsSet without(String claim) {
    return good().claim(claim, null).build();
  }

  private static Optional<String> sign(JWTClaimsSet claims) throws JOSEException {
    return signed(JWSAlgorithm.HS256, new MACSigner(SECRET), claims);
  }

  private static Optional<String> signed(
      JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims) throws JOSEException {
    SignedJWT token = new SignedJWT(new JWSHeader(algorithm), claims);
    token.sign(signer);
    return Optional.of(token.serialize());
  }

  private static KeyPair rsaKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static KeyPair ecKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private static void accepted(JwtAuthenticator authenticator, Optional<String> token) {
    assertThatCode(() -> authenticator.authenticate(login(token))).doesNotThrowAnyException();
  }

  private static void refused(
      JwtAuthenticator authenticator, Optional<String> token, String because) {
    assertThatThrownBy(() -> authenticator.authenticate(login(token)))
        .isInstanceOf(AuthenticationException.class)
        .hasMessageContaining(because);
  }

  private static Authenticator.Login login(Optional<String> token) {
    return new Authenticator.Login("alice", "UDP", token, new InetSocketAddress("127.0.0.1", 1));
  }
}
