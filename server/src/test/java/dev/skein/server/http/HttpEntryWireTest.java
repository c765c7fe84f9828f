package dev.skein.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.auth.AuthenticationException;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpEntryWireTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private @Nullable Server running;

  @AfterEach
  void stop() {
    if (running != null) {
      running.stop();
    }
  }

  @Test
  void anEndpointCallNamesTheListenerAndHandsOutATicket() throws Exception {
    Server server = start(Server.builder().listen(Port.udp(0), Port.tcp(0)));
    JsonNode udp = json(post("/endpoint/type/UDP/user/alice"), 200);
    assertThat(udp.get("host").asText()).isEqualTo("127.0.0.1");
    assertThat(udp.get("port").asInt()).isEqualTo(server.address(Role.UDP).orElseThrow().getPort());
    assertThat(udp.get("role").asText()).isEqualTo("UDP");
    assertThat(udp.get("sid").asText()).matches("[0-9a-f]{32}");
    assertThat(Base64.getUrlDecoder().decode(udp.get("key").asText())).hasSize(32);
    assertThat(Base64.getUrlDecoder().decode(udp.get("ticket").asText())).isNotEmpty();
    assertThat(udp.get("expiresInMillis").asInt()).isEqualTo(30_000);

    JsonNode tcp = json(post("/endpoint/type/TCP/user/alice"), 200);
    assertThat(tcp.get("port").asInt()).isEqualTo(server.address(Role.TCP).orElseThrow().getPort());
    assertThat(tcp.get("sid")).isNotEqualTo(udp.get("sid"));
  }

  @Test
  void aNodeThatIsNotInTheClusterIsLost() throws Exception {
    byte[] masterKey = new byte[32];
    start(
        Server.builder()
            .listen(Port.udp(0))
            .set(Settings.SERVER_MASTER_KEY, Base64.getEncoder().encodeToString(masterKey)));
    JsonNode here = json(post("/endpoint/type/UDP/user/alice"), 200);
    assertThat(json(post("/endpoint/lost", here.get("ticket").asText()), 200).get("lost"))
        .isEqualTo(BooleanNode.FALSE);
    byte[] elsewhere =
        new Tickets(masterKey).issue(4711, "alice", 1, 1, new SecureRandom()).sealed();
    String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(elsewhere);
    assertThat(json(post("/endpoint/lost", ticket), 200).get("lost")).isEqualTo(BooleanNode.TRUE);
    assertError(post("/endpoint/lost", "no ticket!"), 400, Code.MALFORMED);
    assertError(post("/endpoint/lost", ticket.substring(4)), 400, Code.MALFORMED);
    assertError(post("/endpoint/lost", ""), 400, Code.MALFORMED);
  }

  @Test
  void aTypeNobodyServesIsAnswered503() throws Exception {
    start(Server.builder().listen(Port.udp(0)));
    assertError(post("/endpoint/type/WS/user/alice"), 503, Code.FULL);
    assertError(post("/endpoint/type/battle/user/alice"), 503, Code.FULL);
  }

  @Test
  void aNodeWithATypeIsFoundByItAndByTheRoleAskedFor() throws Exception {
    start(Server.builder().type("battle").listen(Port.udp(0), Port.websocket(0)));
    assertThat(json(post("/endpoint/type/battle/user/a"), 200).get("role").asText())
        .isEqualTo("UDP");
    assertThat(json(post("/endpoint/type/battle/user/a?role=WS"), 200).get("role").asText())
        .isEqualTo("WS");
    assertError(post("/endpoint/type/battle/user/a?role=TCP"), 503, Code.FULL);
    assertError(post("/endpoint/type/UDP/user/a"), 503, Code.FULL);
  }

  @Test
  void uidsMayHoldAnyTextOf1To128Bytes() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>("");
    start(Server.builder().listen(Port.udp(0)).authenticator(login -> seen.set(login.uid())));
    json(post("/endpoint/type/UDP/user/J%C3%BCrgen%20%2F%25x"), 200);
    assertThat(seen.get()).isEqualTo("Jürgen /%x");
    json(post("/endpoint/type/UDP/user/" + "u".repeat(128)), 200);
    assertError(post("/endpoint/type/UDP/user/" + "u".repeat(129)), 400, Code.MALFORMED);
    assertError(post("/endpoint/type/UDP/user/"), 400, Code.MALFORMED);
    assertError(post("/endpoint/type/UDP/user/%FF"), 400, Code.MALFORMED);
  }

  @Test
  void anAuthenticatorSeesTheBearerTokenAndMayRefuse() throws Exception {
    start(
        Server.builder()
            .listen(Port.udp(0))
            .authenticator(login -> {
              if (!login.bearer().equals(Optional.of("open sesame"))) {
                throw new AuthenticationException("no");
              }
            }));
    assertError(post("/endpoint/type/UDP/user/alice"), 401, Code.UNAUTHORIZED);
    HttpRequest good =
        request("/endpoint/type/UDP/user/alice")
            .header("Authorization", "Bearer open sesame")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    json(send(good), 200);
  }

  @Test
  void loginsOverTheRateOfAnAddressAreRefused() throws Exception {
    start(
        Server.builder()
            .listen(Port.udp(0))
            .set(Settings.HTTP_LOGINS_PER_ADDRESS_PER_SECOND, 1)
            .clock(InstantSource.fixed(Instant.now())));
    json(post("/endpoint/type/UDP/user/alice"), 200);
    assertError(post("/endpoint/type/UDP/user/alice"), 429, Code.TOO_MANY);
  }

  @Test
  void aNodeThatIsNotOnlineIsNotGivenOut() throws Exception {
    Server server = start(Server.builder().listen(Port.udp(0)));
    server.markTaken();
    assertError(post("/endpoint/type/UDP/user/alice"), 503, Code.FULL);
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    server.markOffline();
    assertError(post("/endpoint/type/UDP/user/alice"), 503, Code.FULL);
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    server.markOnline();
    json(post("/endpoint/type/UDP/user/alice"), 200);
  }

  @Test
  void clientsAreToldTheAdvertisedEndpoint() throws Exception {
    start(
        Server.builder()
            .listen(
                Port.udp(0).advertisedAs("eu1.game.example", 9_100), Port.tcp(0).on("0.0.0.0")));
    JsonNode udp = json(post("/endpoint/type/UDP/user/alice"), 200);
    assertThat(udp.get("host").asText()).isEqualTo("eu1.game.example");
    assertThat(udp.get("port").asInt()).isEqualTo(9_100);
    JsonNode tcp = json(post("/endpoint/type/TCP/user/alice"), 200);
    assertThat(tcp.get("host").asText()).isEqualTo("127.0.0.1");
  }

  @Test
  void theGameChoosesTheEndpointIfItWants() throws Exception {
    start(
        Server.builder()
            .listen(Port.udp(0))
            .endpointSelector((uid, type, candidates) ->
                uid.equals("banned") ? Optional.empty() : candidates.stream().findFirst()));
    json(post("/endpoint/type/UDP/user/alice"), 200);
    assertError(post("/endpoint/type/UDP/user/banned"), 503, Code.FULL);
  }

  @Test
  void ownRoutesHaveTypedPathParametersForEveryVerb() throws Exception {
    ServerBuilder builder = Server.builder();
    for (String verb : new String[] {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
      builder.route(
          verb,
          "/players/{id:int}/items/{item}",
          call ->
              HttpAnswer.json(
                      201,
                      "[\"%s\",%d,\"%s\",\"%s\",%d]"
                          .formatted(
                              call.method(),
                              call.pathInt("id"),
                              call.pathText("item"),
                              call.query("sort").orElse("none"),
                              call.body().length))
                  .header("X-Game", "chess"));
    }
    builder.route("GET", "/players/7/items/crown", call -> HttpAnswer.text("the literal wins"));
    builder.route(
        "GET",
        "/fails",
        call -> {
          throw new IllegalStateException("a secret of the server");
        });
    start(builder);
    for (String verb : new String[] {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
      HttpResponse<String> answer =
          send(
              request("/players/42/items/a%2Fb?sort=up")
                  .method(verb, HttpRequest.BodyPublishers.ofString("abc"))
                  .build());
      assertThat(answer.statusCode()).isEqualTo(201);
      assertThat(answer.body()).isEqualTo("[\"" + verb + "\",42,\"a/b\",\"up\",3]");
      assertThat(answer.headers().firstValue("X-Game")).contains("chess");
    }
    assertThat(get("/players/7/items/crown").body()).isEqualTo("the literal wins");
    assertError(get("/players/x/items/1"), 400, Code.MALFORMED);
    assertError(get("/players/99999999999/items/1"), 400, Code.MALFORMED);
    assertError(get("/nowhere"), 404, Code.UNKNOWN_COMMAND);
    assertError(post("/fails"), 405, Code.UNKNOWN_COMMAND);
    HttpResponse<String> failed = get("/fails");
    assertError(failed, 500, Code.INTERNAL);
    assertThat(failed.body()).doesNotContain("secret");
  }

  @Test
  void aBodyOverTheLimitIsRefused() throws Exception {
    start(
        Server.builder()
            .set(Settings.HTTP_BODY_MAX_BYTES, 100)
            .route("POST", "/size", call -> HttpAnswer.text(call.body().length + "")));
    assertThat(send(sized(100)).body()).isEqualTo("100");
    assertThat(send(sized(101)).statusCode()).isEqualTo(413);
  }

  @Test
  void onlyListedOriginsMayCallFromBrowsers() throws Exception {
    start(Server.builder().set(Settings.HTTP_CORS_ORIGINS, List.of("https://g.example")));
    HttpResponse<String> preflight =
        send(
            request("/endpoint/type/WS/user/alice")
                .header("Origin", "https://g.example")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build());
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
        .contains("https://g.example");
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods").orElse(""))
        .contains("POST");
    HttpResponse<String> other =
        send(request("/health/live").header("Origin", "https://evil.example").build());
    assertThat(other.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void metricsComeInPrometheusText() throws Exception {
    start(Server.builder().listen(Port.udp(0)));
    String metrics = get("/metrics").body();
    assertThat(metrics)
        .contains("skein_ccu 0.0")
        .contains("skein_commands_total")
        .contains("skein_drops_total{reason=\"bad_cookie\"}")
        .contains("jvm_memory_used_bytes");
  }

  @Test
  void aPortInUseIsAConfigurationErrorThatNamesItsKey() throws Exception {
    Server first = start(Server.builder().listen(Port.udp(0), Port.tcp(0)));
    for (Role role : new Role[] {Role.HTTP, Role.TCP}) {
      int taken = first.address(role).orElseThrow().getPort();
      Port port = role == Role.HTTP ? Port.http(taken) : Port.tcp(taken);
      assertThatThrownBy(() -> Server.builder().listen(port).start())
          .isInstanceOfSatisfying(
              ConfigException.class,
              e -> {
                assertThat(e.key()).isEqualTo(role == Role.HTTP ? "http.port" : "tcp.port");
                assertThat(e.value()).isEqualTo(String.valueOf(taken));
              });
    }
  }

  private Server start(ServerBuilder builder) {
    Server server = builder.listen(Port.http(0)).start();
    running = server;
    return server;
  }

  private HttpRequest sized(int bytes) {
    return request("/size").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[bytes])).build();
  }

  private HttpResponse<String> post(String path) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).build());
  }

  private HttpRequest.Builder request(String path) {
    int port = Objects.requireNonNull(running).address(Role.HTTP).orElseThrow().getPort();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    return new ObjectMapper().readTree(answer.body());
  }

  private static void assertError(HttpResponse<String> answer, int status, int code)
      throws Exception {
    JsonNode error = json(answer, status);
    assertThat(error.get("code").asInt()).isEqualTo(code);
    assertThat(error.get("text").asText()).isNotEmpty();
  }
}
