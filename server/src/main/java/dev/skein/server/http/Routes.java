package dev.skein.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The HTTP routes of a game. Filled by one thread before the node starts. */
public final class Routes {
  private static final Set<String> METHODS =
      Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

  private final List<Route> routes = new ArrayList<>();

  /** One route. */
  record Route(String method, PathTemplate path, HttpHandler handler) {}

  /** What the router found for a call. */
  record Match(HttpHandler handler, PathTemplate path, Map<String, String> values) {}

  /**
   * Adds a route; see {@code ServerBuilder.route}.
   *
   * @throws IllegalArgumentException if method or path are not well-formed
   * @throws IllegalStateException if a route of the same method and shape of path is there
   */
  public void add(String method, String path, HttpHandler handler) {
    String verb = method.toUpperCase(Locale.ROOT);
    if (!METHODS.contains(verb)) {
      throw new IllegalArgumentException("method " + method + " is none of " + METHODS);
    }
    PathTemplate template = PathTemplate.parse(path);
    for (Route route : routes) {
      if (route.method().equals(verb) && route.path().sameShapeAs(template)) {
        throw new IllegalStateException(
            "route " + verb + " " + path + " is taken by " + route.path());
      }
    }
    routes.add(new Route(verb, template, handler));
  }

  /** The route for a call; literal segments win over parameters, earlier routes over later. */
  Optional<Match> find(String method, List<String> segments) {
    Match best = null;
    for (Route route : routes) {
      if (!route.method().equals(method)) {
        continue;
      }
      Map<String, String> values = new TreeMap<>();
      if (route.path().matches(segments, values)
          && (best == null || route.path().literals() > best.path().literals())) {
        best = new Match(route.handler(), route.path(), values);
      }
    }
    return Optional.ofNullable(best);
  }

  /** True if some method is served at this path: the difference between 405 and 404. */
  boolean anyAt(List<String> segments) {
    return routes.stream().anyMatch(route -> route.path().matches(segments, new TreeMap<>()));
  }
}
