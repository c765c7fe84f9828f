package dev.skein.server.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The native arrays of one recvmmsg or sendmmsg call: {@code mmsghdr}, {@code iovec}, {@code
 * sockaddr} and payload of a fixed number of slots, wired to each other once. Confined to its
 * shard.
 */
final class DatagramBatch {
  private static final int HEADER_BYTES = 64;
  private static final int HEADER_NAME = 0;
  private static final int HEADER_NAME_LENGTH = 8;
  private static final int HEADER_IOV = 16;
  private static final int HEADER_IOV_LENGTH = 24;
  private static final int HEADER_RECEIVED = 56;
  private static final int IOV_BYTES = 16;
  private static final int NAME_STRIDE_BYTES = 32;
  private static final int NAME_V4_BYTES = 16;
  private static final int NAME_V6_BYTES = 28;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final int slots;
  private final int slotBytes;
  private final boolean v6;
  private final MemorySegment headers;
  private final MemorySegment vectors;
  private final MemorySegment names;
  private final MemorySegment payloads;
  private final MemorySegment errno;

  /**
   * @param slots datagrams in one call
   * @param slotBytes the longest datagram
   * @param v6 the family of the socket it is for
   */
  DatagramBatch(Arena arena, int slots, int slotBytes, boolean v6) {
    this.slots = slots;
    this.slotBytes = slotBytes;
    this.v6 = v6;
    this.headers = arena.allocate((long) slots * HEADER_BYTES, 64);
    this.vectors = arena.allocate((long) slots * IOV_BYTES, 64);
    this.names = arena.allocate((long) slots * NAME_STRIDE_BYTES, 64);
    this.payloads = arena.allocate((long) slots * slotBytes, 64);
    this.errno = LinuxSockets.errno(arena);
    for (int i = 0; i < slots; i++) {
      wire(i);
    }
  }

  private void wire(int slot) {
    long header = (long) slot * HEADER_BYTES;
    long vector = (long) slot * IOV_BYTES;
    long name = (long) slot * NAME_STRIDE_BYTES;
    short family = (short) (v6 ? LinuxSockets.AF_INET6 : LinuxSockets.AF_INET);
    names.set(ValueLayout.JAVA_SHORT, name, family);
    vectors.set(ValueLayout.JAVA_LONG, vector, payloads.address() + (long) slot * slotBytes);
    vectors.set(ValueLayout.JAVA_LONG, vector + 8, slotBytes);
    headers.set(ValueLayout.JAVA_LONG, header + HEADER_NAME, names.address() + name);
    headers.set(
        ValueLayout.JAVA_INT, header + HEADER_NAME_LENGTH, v6 ? NAME_V6_BYTES : NAME_V4_BYTES);
    headers.set(ValueLayout.JAVA_LONG, header + HEADER_IOV, vectors.address() + vector);
    headers.set(ValueLayout.JAVA_LONG, header + HEADER_IOV_LENGTH, 1);
  }

  int slots() {
    return slots;
  }

  /** Fills slots from the socket; how many, 0 if nothing waits there. */
  int receive(int fd) {
    return Math.max(0, LinuxSockets.receive(fd, headers, slots));
  }

  int length(int slot) {
    return headers.get(ValueLayout.JAVA_INT, (long) slot * HEADER_BYTES + HEADER_RECEIVED);
  }

  void copyPayload(int slot, byte[] into, int length) {
    MemorySegment.copy(payloads, ValueLayout.JAVA_BYTE, (long) slot * slotBytes, into, 0, length);
  }

  int port(int slot) {
    return Short.toUnsignedInt(names.get(U16, (long) slot * NAME_STRIDE_BYTES + 2));
  }

  long addressHigh(int slot) {
    return v6 ? names.get(U64, (long) slot * NAME_STRIDE_BYTES + 8) : 0;
  }

  long addressLow(int slot) {
    long name = (long) slot * NAME_STRIDE_BYTES;
    return v6 ? names.get(U64, name + 16) : Integer.toUnsignedLong(names.get(U32, name + 4));
  }

  void put(int slot, byte[] payload, int length, PeerAddress to) {
    MemorySegment.copy(
        payload, 0, payloads, ValueLayout.JAVA_BYTE, (long) slot * slotBytes, length);
    vectors.set(ValueLayout.JAVA_LONG, (long) slot * IOV_BYTES + 8, length);
    long name = (long) slot * NAME_STRIDE_BYTES;
    names.set(U16, name + 2, (short) to.port());
    if (v6) {
      names.set(U64, name + 8, to.high());
      names.set(U64, name + 16, to.low());
    } else {
      names.set(U32, name + 4, (int) to.low());
    }
  }

  /** Sends slots from {@code from} to before {@code to}; how many, or minus the error's number. */
  int send(int fd, int from, int to) {
    MemorySegment rest = headers.asSlice((long) from * HEADER_BYTES);
    return LinuxSockets.send(fd, rest, to - from, errno);
  }
}
