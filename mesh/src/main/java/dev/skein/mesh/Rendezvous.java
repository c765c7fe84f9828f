package dev.skein.mesh;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Rendezvous (highest random weight) hashing, after Thaler and Ravishankar: a node that comes or
 * goes changes the home of its own things only. Immutable.
 */
final class Rendezvous {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final List<NodeInfo> nodes;
  private final long[] hashes;

  /** Over these nodes, of which there is at least one. */
  Rendezvous(List<NodeInfo> nodes) {
    this.nodes = nodes;
    this.hashes = nodes.stream().mapToLong(node -> hash(node.address())).toArray();
  }

  NodeInfo home(String name) {
    long nameHash = hash(name);
    int best = 0;
    for (int i = 1; i < hashes.length; i++) {
      int order = Long.compareUnsigned(weight(nameHash, i), weight(nameHash, best));
      if (order > 0
          || order == 0 && nodes.get(i).address().compareTo(nodes.get(best).address()) > 0) {
        best = i;
      }
    }
    return nodes.get(best);
  }

  private long weight(long nameHash, int i) {
    return mix(nameHash ^ mix(hashes[i]));
  }

  /** FNV-1a of the UTF-8 bytes. */
  private static long hash(String text) {
    long hash = FNV_OFFSET;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xFF)) * FNV_PRIME;
    }
    return hash;
  }

  /** The finalizer of MurmurHash3: every bit of the input reaches every bit of the output. */
  private static long mix(long hash) {
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
