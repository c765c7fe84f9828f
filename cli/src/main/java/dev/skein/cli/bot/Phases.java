package dev.skein.cli.bot;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** In which order the bots speak whose times are spread evenly over an interval. */
public enum Phases {
  /**
   * The members of a room one right after the other, as players speak who answer to the same tick
   * of their game: a room's messages come close together and find company in a pack window.
   */
  ADJACENT,
  /** Members of all rooms mixed: a room's messages come one by one. */
  SHUFFLED;

  /** The number of the bot that speaks first, of the one that speaks next, and so on. */
  int[] order(int bots, int seed) {
    List<Integer> numbers = IntStream.range(0, bots).boxed().collect(Collectors.toList());
    if (this == SHUFFLED) {
      Collections.shuffle(numbers, new Random(seed));
    }
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
