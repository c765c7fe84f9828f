package dev.skein.bench.rudp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * One TUN device: what the kernel routes to it is read here as whole IP packets, what is written
 * here the kernel receives. One thread may read and one other may write.
 */
final class Tun implements AutoCloseable {
  /** More than any packet of a device with an MTU of 1500. */
  static final int PACKET_MAX_BYTES = 2048;

  private static final int O_RDWR = 2;
  private static final long TUNSETIFF = 0x400454caL;
  private static final int IFF_TUN_WITHOUT_HEADER = 0x0001 | 0x1000;
  private static final int IFREQ_BYTES = 40;
  private static final int IFREQ_FLAGS_OFFSET = 16;
  private static final int POLLFD_BYTES = 8;
  private static final short POLLIN = 1;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final MethodHandle OPEN =
      reporting(
          "open",
          FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      reporting(
          "ioctl",
          FunctionDescriptor.of(INT, INT, LONG, ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle POLL =
      plain("poll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG, INT));
  private static final MethodHandle READ =
      plain("read", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
  private static final MethodHandle WRITE =
      plain("write", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG));
  private static final MethodHandle CLOSE = plain("close", FunctionDescriptor.of(INT, INT));

  private final int descriptor;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment readBuffer = arena.allocate(PACKET_MAX_BYTES);
  private final MemorySegment writeBuffer = arena.allocate(PACKET_MAX_BYTES);
  private final MemorySegment pollRequest = arena.allocate(POLLFD_BYTES, 4);

  private Tun(int descriptor) {
    this.descriptor = descriptor;
    pollRequest.set(INT, 0, descriptor);
    pollRequest.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
  }

  /**
   * Creates the device in the namespace of this process.
   *
   * @throws IOException if the kernel has no TUN or this process may not use it
   */
  static Tun open(String name) throws IOException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(CALL_STATE);
      int descriptor = (int) OPEN.invokeExact(state, call.allocateFrom("/dev/net/tun"), O_RDWR);
      if (descriptor < 0) {
        throw new IOException("cannot open /dev/net/tun: errno " + (int) ERRNO.get(state, 0L));
      }
      MemorySegment request = call.allocate(IFREQ_BYTES, 8);
      byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
      MemorySegment.copy(ascii, 0, request, ValueLayout.JAVA_BYTE, 0, ascii.length);
      request.set(ValueLayout.JAVA_SHORT, IFREQ_FLAGS_OFFSET, (short) IFF_TUN_WITHOUT_HEADER);
      if ((int) IOCTL.invokeExact(state, descriptor, TUNSETIFF, request) < 0) {
        int errno = (int) ERRNO.get(state, 0L);
        int ignored = (int) CLOSE.invokeExact(descriptor);
        throw new IOException("cannot create the TUN device " + name + ": errno " + errno);
      }
      return new Tun(descriptor);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("cannot create the TUN device " + name, e);
    }
  }

  /** The bytes of the next packet, copied to {@code into}; 0 if none came within the time. */
  int read(byte[] into, int timeoutMillis) throws IOException {
    try {
      if ((int) POLL.invokeExact(pollRequest, 1L, timeoutMillis) <= 0) {
        return 0;
      }
      long bytes = (long) READ.invokeExact(descriptor, readBuffer, (long) PACKET_MAX_BYTES);
      if (bytes <= 0) {
        return 0;
      }
      MemorySegment.copy(readBuffer, ValueLayout.JAVA_BYTE, 0, into, 0, (int) bytes);
      return (int) bytes;
    } catch (Throwable e) {
      throw new IOException("cannot read from a TUN device", e);
    }
  }

  /** Hands one packet to the kernel, which may drop it as it may any other. */
  void write(byte[] packet) throws IOException {
    try {
      MemorySegment.copy(packet, 0, writeBuffer, ValueLayout.JAVA_BYTE, 0, packet.length);
      long ignored = (long) WRITE.invokeExact(descriptor, writeBuffer, (long) packet.length);
    } catch (Throwable e) {
      throw new IOException("cannot write to a TUN device", e);
    }
  }

  /** Removes the device; no thread may be reading or writing any more. */
  @Override
  public void close() {
    try {
      int ignored = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException("cannot close a TUN device", e);
    }
    arena.close();
  }

  private static MethodHandle plain(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }

  private static MethodHandle reporting(
      String name, FunctionDescriptor type, Linker.Option variadic) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        type,
        variadic,
        Linker.Option.captureCallState("errno"));
  }
}
