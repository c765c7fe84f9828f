package dev.skein.mesh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Supplier;

/**
 * Sends one frame to many nodes. Up to {@code degreeCount} get it directly; of more, that many get
 * it together with a part of the others, to whom they pass it on in the same way. Thread-safe.
 */
final class FanOut {
  private final Link link;
  private final Supplier<String> self;
  private final int degreeCount;

  FanOut(Link link, Supplier<String> self, int degreeCount) {
    this.link = link;
    this.self = self;
    this.degreeCount = degreeCount;
  }

  /**
   * Sends.
   *
   * @return the nodes the frame was refused for here
   */
  List<String> send(Collection<String> addresses, byte[] frame, boolean reliable) {
    List<String> receivers = List.copyOf(new LinkedHashSet<>(addresses));
    if (receivers.size() > Frame.RECEIVERS_MAX_COUNT) {
      throw new IllegalArgumentException(
          receivers.size() + " receivers are above " + Frame.RECEIVERS_MAX_COUNT);
    }
    if (receivers.size() > degreeCount) {
      return spread(new Frame.Tree(self.get(), reliable, receivers, frame));
    }
    return receivers.stream().filter(address -> !link.send(address, frame, reliable)).toList();
  }

  /** Gives what another node sent on to those behind this one. */
  List<String> spread(Frame.Tree tree) {
    List<String> refused = new ArrayList<>();
    for (List<String> branch : branches(tree.receivers(), degreeCount)) {
      refused.addAll(sendBranch(tree, branch));
    }
    return refused;
  }

  /** The first who takes it passes it on to the rest. */
  private List<String> sendBranch(Frame.Tree tree, List<String> branch) {
    for (int i = 0; i < branch.size(); i++) {
      List<String> behind = branch.subList(i + 1, branch.size());
      Frame part = new Frame.Tree(tree.origin(), tree.reliable(), behind, tree.inner());
      if (link.send(branch.get(i), part.encode(), tree.reliable())) {
        return branch.subList(0, i);
      }
    }
    return branch;
  }

  /** The receivers in their order, cut into at most {@code degreeCount} parts of like size. */
  static List<List<String>> branches(List<String> receivers, int degreeCount) {
    int parts = Math.min(degreeCount, receivers.size());
    List<List<String>> branches = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      branches.add(
          receivers.subList(
              (int) ((long) receivers.size() * i / parts),
              (int) ((long) receivers.size() * (i + 1) / parts)));
    }
    return branches;
  }
}
