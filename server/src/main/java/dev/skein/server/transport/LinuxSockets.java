package dev.skein.server.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system calls that Netty does not lend out: socket with a chosen family, recvmmsg and sendmmsg
 * on memory of ours, and the count of what a full buffer cost. 64-bit Linux only (x86-64 and
 * AArch64 share these numbers and layouts).
 */
final class LinuxSockets {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int EAGAIN = 11;
  static final int ENOBUFS = 105;

  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;

  private static final int SOL_SOCKET = 1;

  /** Answers with nine numbers of 32 bits, the last of which counts dropped datagrams. */
  private static final int SO_MEMINFO = 55;

  private static final int MEMINFO_NUMBERS = 9;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("socket"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));
  private static final MethodHandle RECVMMSG =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("recvmmsg"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS));
  private static final MethodHandle SENDMMSG =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("sendmmsg"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT),
          CAPTURE);
  private static final MethodHandle GETSOCKOPT =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("getsockopt"),
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS));

  private LinuxSockets() {}

  /** True if the calls can be made in this process. */
  static boolean available() {
    return Availability.AVAILABLE;
  }

  /** A new non-blocking datagram socket of the family; -1 if the kernel refuses. */
  static int datagramSocket(int family) {
    try {
      return (int) SOCKET.invokeExact(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Fills up to {@code count} of the headers; the number filled, or -1 if there is nothing. */
  static int receive(int fd, MemorySegment headers, int count) {
    try {
      return (int) RECVMMSG.invokeExact(fd, headers, count, MSG_DONTWAIT, MemorySegment.NULL);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Sends up to {@code count} of the headers; the number sent, or minus the error's number. */
  static int send(int fd, MemorySegment headers, int count, MemorySegment errno) {
    try {
      int sent = (int) SENDMMSG.invokeExact(errno, fd, headers, count, MSG_DONTWAIT);
      return sent >= 0 ? sent : -(int) ERRNO.get(errno, 0L);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /**
   * How many datagrams the kernel has dropped at the socket since it was opened, modulo 2^32, as it
   * had no room for them; 0 if it does not tell (before Linux 4.12).
   */
  static int dropped(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, MEMINFO_NUMBERS);
      MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, (int) numbers.byteSize());
      int refused = (int) GETSOCKOPT.invokeExact(fd, SOL_SOCKET, SO_MEMINFO, numbers, size);
      return refused < 0 ? 0 : numbers.getAtIndex(ValueLayout.JAVA_INT, MEMINFO_NUMBERS - 1);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Where {@link #send} keeps the error's number. */
  static MemorySegment errno(Arena arena) {
    return arena.allocate(Linker.Option.captureStateLayout());
  }

  private static final class Availability {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxSockets.class);
    static final boolean AVAILABLE = check();

    private static boolean check() {
      boolean linux =
          System.getProperty("os.name", "").equals("Linux")
              && ValueLayout.ADDRESS.byteSize() == Long.BYTES
              && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
      if (!linux) {
        return false;
      }
      try {
        return LinuxSockets.SENDMMSG != null;
      } catch (LinkageError | RuntimeException e) {
        LOG.info("recvmmsg and sendmmsg cannot be called here, so NIO carries datagrams", e);
        return false;
      }
    }
  }
}
