package dev.skein.server.http;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Chooses where a user goes. Called on virtual threads; must be thread-safe. */
@FunctionalInterface
public interface EndpointSelector {

  /**
   * Chooses one of the candidates, all of the type asked for and of ONLINE nodes.
   *
   * @param candidates may be empty
   * @return empty to answer 503
   */
  Optional<Candidate> select(String uid, String type, List<Candidate> candidates);

  /** The default: the less loaded of two random choices. */
  static EndpointSelector lessLoadedOfTwo(RandomGenerator random) {
    return (uid, type, candidates) -> {
      if (candidates.isEmpty()) {
        return Optional.empty();
      }
      Candidate one = candidates.get(random.nextInt(candidates.size()));
      Candidate other = candidates.get(random.nextInt(candidates.size()));
      return Optional.of(one.ccu() <= other.ccu() ? one : other);
    };
  }
}
