package dev.skein.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private static final HttpHandler NOTHING = call -> HttpAnswer.empty(204);

  private final Routes routes = new Routes();

  @Test
  void theMostLiteralRouteWins() {
    HttpHandler literal = call -> HttpAnswer.empty(200);
    routes.add("GET", "/a/{b}", NOTHING);
    routes.add("GET", "/a/b", literal);
    assertThat(routes.find("GET", List.of("a", "b")).orElseThrow().handler()).isSameAs(literal);
    assertThat(routes.find("GET", List.of("a", "c")).orElseThrow().values())
        .containsEntry("b", "c");
    assertThat(routes.find("POST", List.of("a", "b"))).isEmpty();
    assertThat(routes.find("GET", List.of("a"))).isEmpty();
  }

  @Test
  void theSameShapeTwiceFailsWhateverTheNames() {
    routes.add("get", "/a/{b}", NOTHING);
    assertThatThrownBy(() -> routes.add("GET", "/a/{c:int}", NOTHING))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("route GET /a/{c:int} is taken by /a/{b}");
    routes.add("GET", "/a/{b}/c", NOTHING);
    routes.add("PUT", "/a/{b}", NOTHING);
  }

  @Test
  void malformedRoutesFailAtOnce() {
    for (String path : List.of("a", "/{}", "/{a:byte}", "/x{a}", "/{a}/{a}", "/{a", "")) {
      assertThatThrownBy(() -> routes.add("GET", path, NOTHING))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> routes.add("FETCH", "/", NOTHING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("FETCH");
  }
}
