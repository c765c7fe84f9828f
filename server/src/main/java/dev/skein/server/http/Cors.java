package dev.skein.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which web pages of other origins may call; what the Fetch standard calls the CORS protocol. */
final class Cors {
  private static final String MAX_AGE_SECONDS = "600";

  private final List<String> origins;

  /**
   * @param origins such as {@code https://game.example}; {@code *} for all; empty for none
   */
  Cors(List<String> origins) {
    this.origins = List.copyOf(origins);
  }

  /** Headers for the answer to a call of this origin; empty if it may not. */
  Map<String, String> headers(Optional<String> origin) {
    if (origin.isEmpty() || !(origins.contains("*") || origins.contains(origin.get()))) {
      return Map.of();
    }
    return Map.of("Access-Control-Allow-Origin", origin.get(), "Vary", "Origin");
  }

  /** The answer to a preflight, if the call is one. */
  Optional<HttpAnswer> preflight(HttpCall call) {
    if (!call.method().equals("OPTIONS")
        || call.header("Access-Control-Request-Method").isEmpty()
        || origins.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        HttpAnswer.empty(204)
            .header("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, HEAD")
            .header("Access-Control-Allow-Headers", "Authorization, Content-Type")
            .header("Access-Control-Max-Age", MAX_AGE_SECONDS));
  }
}
