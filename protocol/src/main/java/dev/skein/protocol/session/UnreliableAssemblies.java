package dev.skein.protocol.session;

import dev.skein.protocol.packet.FrameReader;
import org.jspecify.annotations.Nullable;

/** Unreliable messages of which some fragments came; the oldest makes room for newer ones. */
final class UnreliableAssemblies {
  /** So few that a list is searched faster than a map. */
  static final int MAX_ASSEMBLIES = 32;

  private final int maxBytes;
  private final Counters counters;
  private @Nullable Assembly oldest;
  private int count;
  private int bytes;

  UnreliableAssemblies(int maxBytes, Counters counters) {
    this.maxBytes = maxBytes;
    this.counters = counters;
  }

  int bytes() {
    return bytes;
  }

  @Nullable Assembly find(FrameReader frame) {
    Assembly assembly = oldest;
    while (assembly != null && !assembly.isFor(frame)) {
      assembly = assembly.next;
    }
    return assembly;
  }

  Assembly start(FrameReader frame) {
    if (count == MAX_ASSEMBLIES) {
      dropOldest();
    }
    Assembly assembly = new Assembly(frame);
    bytes += assembly.weight();
    count++;
    Assembly last = oldest;
    if (last == null) {
      oldest = assembly;
      return assembly;
    }
    while (last.next != null) {
      last = last.next;
    }
    last.next = assembly;
    return assembly;
  }

  void add(Assembly assembly, FrameReader frame) {
    assembly.add(frame);
    bytes += frame.dataLength();
    // The newest may be the oldest too: a message larger than the buffer still gets its chance,
    // bounded by the limit on messages.
    while (bytes > maxBytes && oldest != null && oldest != assembly) {
      dropOldest();
    }
  }

  private void dropOldest() {
    Assembly assembly = oldest;
    if (assembly != null) {
      remove(assembly);
      counters.messagesIncomplete++;
    }
  }

  void remove(Assembly assembly) {
    Assembly previous = null;
    for (Assembly at = oldest; at != null; previous = at, at = at.next) {
      if (at == assembly) {
        if (previous == null) {
          oldest = at.next;
        } else {
          previous.next = at.next;
        }
        count--;
        bytes -= assembly.weight();
        return;
      }
    }
  }

  void clear() {
    oldest = null;
    count = 0;
    bytes = 0;
  }
}
