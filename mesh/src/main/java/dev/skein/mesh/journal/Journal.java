package dev.skein.mesh.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file to which a store's changes are appended, so that they outlive the process: the newest
 * entry of each key counts. When less than half of it counts it is written anew. What was written
 * survives the death of the process, but not that of the machine, whose system writes to its disk
 * when it sees fit. Thread-safe; calls wait for the file system.
 *
 * <p>The file begins with the u32 {@code 0x534b4a01}. Each entry, big-endian: length of what
 * follows the sum u32, CRC-32C of it u32, stamp i64, untilMillis i64, 1 if there is a value u8,
 * length of the key u16, key in UTF-8, value. The first entry that does not read so, which a
 * process left that died as it wrote, ends the file.
 */
public final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  private static final int MAGIC = 0x534b4a01;
  private static final int MAGIC_BYTES = 4;
  private static final int HEAD_BYTES = 8;
  private static final int FIELDS_BYTES = 19;
  private static final int ENTRY_MAX_BYTES = 1 << 26;
  private static final int WASTE_MIN_BYTES = 1 << 20;
  private static final int SWEEP_EVERY_WRITES = 8_192;
  private static final Set<StandardOpenOption> OPEN =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path file;
  private final LongSupplier nowMillis;
  private final FileChannel lockFile;
  private final Map<String, Spot> spots = new HashMap<>();

  /** No channel: that would be closed under everybody by an interrupt of whoever writes. */
  private RandomAccessFile content;

  private long endBytes;
  private long liveBytes;
  private int writesToSweep = SWEEP_EVERY_WRITES;

  /** Where the entry of a key is. */
  private record Spot(long offset, int bytes, long stamp, long untilMillis) {}

  private Journal(Path file, FileChannel lockFile, LongSupplier nowMillis) throws IOException {
    this.file = file;
    this.lockFile = lockFile;
    this.nowMillis = nowMillis;
    this.content = opened(file);
    try {
      read();
    } catch (IOException e) {
      content.close();
      throw e;
    }
  }

  /**
   * Opens the journal of a store, or begins it, for this process alone.
   *
   * @param directory is made if it is not there; for its owner only
   * @param nowMillis the wall clock
   * @throws IOException whose text says what is wrong with the directory
   */
  public static Journal open(Path directory, String store, LongSupplier nowMillis)
      throws IOException {
    Path folder = directory.toAbsolutePath();
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder, ownerOnly(folder, "rwx------"));
      }
      Path lock = folder.resolve(store + ".lock");
      FileChannel lockFile = FileChannel.open(lock, OPEN, ownerOnly(lock, "rw-------"));
      try {
        if (!isLocked(lockFile)) {
          throw new IOException("another process keeps the store " + store + " there");
        }
        return new Journal(folder.resolve(store + ".journal"), lockFile, nowMillis);
      } catch (IOException e) {
        lockFile.close();
        throw e;
      }
    } catch (IOException e) {
      throw new IOException("cannot keep files in " + folder + ": " + e.getMessage(), e);
    }
  }

  private static RandomAccessFile opened(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file, ownerOnly(file, "rw-------"));
    }
    return new RandomAccessFile(file.toFile(), "rw");
  }

  private static boolean isLocked(FileChannel lockFile) throws IOException {
    try {
      FileLock lock = lockFile.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  // --- Reading ---

  private void read() throws IOException {
    long sizeBytes = content.length();
    if (sizeBytes < MAGIC_BYTES) {
      content.setLength(0);
      content.writeInt(MAGIC);
      endBytes = MAGIC_BYTES;
      return;
    }
    if (readAt(0, MAGIC_BYTES).getInt() != MAGIC) {
      throw new IOException(file + " is no journal of a store");
    }
    endBytes = MAGIC_BYTES;
    for (int bytes = next(sizeBytes); bytes > 0; bytes = next(sizeBytes)) {
      endBytes += bytes;
    }
    if (endBytes < sizeBytes) {
      LOG.warn("The last {} bytes of {} are no entry and dropped", sizeBytes - endBytes, file);
      content.setLength(endBytes);
    }
    sweep();
  }

  /** Notes the entry at the end of what was read; its length, 0 if there is none. */
  private int next(long sizeBytes) throws IOException {
    if (sizeBytes - endBytes < HEAD_BYTES + FIELDS_BYTES) {
      return 0;
    }
    ByteBuffer head = readAt(endBytes, HEAD_BYTES);
    int length = head.getInt();
    int sum = head.getInt();
    if (length < FIELDS_BYTES
        || length > ENTRY_MAX_BYTES
        || length > sizeBytes - endBytes - HEAD_BYTES) {
      return 0;
    }
    ByteBuffer bytes = readAt(endBytes + HEAD_BYTES, length);
    if (sum(bytes) != sum) {
      return 0;
    }
    long stamp = bytes.getLong();
    long untilMillis = bytes.getLong();
    bytes.get();
    String key = text(bytes);
    note(key, new Spot(endBytes, HEAD_BYTES + length, stamp, untilMillis));
    return HEAD_BYTES + length;
  }

  private static String text(ByteBuffer in) throws IOException {
    try {
      byte[] bytes = new byte[in.getShort() & 0xffff];
      in.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (BufferUnderflowException e) {
      throw new IOException("an entry whose key ends after it", e);
    }
  }

  private static int sum(ByteBuffer bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes.duplicate());
    return (int) sum.getValue();
  }

  private ByteBuffer readAt(long offset, int bytes) throws IOException {
    byte[] read = new byte[bytes];
    content.seek(offset);
    content.readFully(read);
    return ByteBuffer.wrap(read);
  }

  /**
   * All keys, removed ones included, but those whose time is over.
   *
   * @throws UncheckedIOException if they cannot be read
   */
  public synchronized Map<String, Entry> entries() {
    sweep();
    Map<String, Entry> entries = new HashMap<>();
    try {
      for (Map.Entry<String, Spot> each : spots.entrySet()) {
        entries.put(each.getKey(), entry(each.getValue()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
    return entries;
  }

  private Entry entry(Spot spot) throws IOException {
    ByteBuffer bytes = readAt(spot.offset + HEAD_BYTES, spot.bytes - HEAD_BYTES);
    bytes.position(Long.BYTES * 2);
    boolean present = bytes.get() == 1;
    text(bytes);
    byte[] value = new byte[bytes.remaining()];
    bytes.get(value);
    return new Entry(spot.stamp, spot.untilMillis, present ? value : null);
  }

  /** The stamp of the key's entry; 0 if there is none. */
  public synchronized long stampOf(String key) {
    Spot spot = spots.get(key);
    return spot == null ? 0 : spot.stamp;
  }

  // --- Writing ---

  /**
   * Appends an entry, unless a newer one of the key is there.
   *
   * @throws UncheckedIOException if it could not be written; then it is as if it had not been tried
   */
  public synchronized void write(String key, Entry entry) {
    if (entry.stamp() <= stampOf(key)) {
      return;
    }
    byte[] bytes = encode(key, entry);
    int length = bytes.length;
    try {
      content.seek(endBytes);
      content.write(bytes);
      note(key, new Spot(endBytes, length, entry.stamp(), entry.untilMillis()));
      endBytes += length;
      if (--writesToSweep <= 0) {
        sweep();
      }
      if (endBytes - liveBytes > Math.max(WASTE_MIN_BYTES, liveBytes)) {
        rewrite();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] encode(String key, Entry entry) {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    byte @Nullable [] value = entry.value();
    int length = FIELDS_BYTES + name.length + (value == null ? 0 : value.length);
    ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + length).position(HEAD_BYTES);
    out.putLong(entry.stamp()).putLong(entry.untilMillis()).put((byte) (value == null ? 0 : 1));
    out.putShort((short) name.length).put(name);
    if (value != null) {
      out.put(value);
    }
    out.flip().position(HEAD_BYTES);
    int sum = sum(out);
    return out.position(0).putInt(length).putInt(sum).array();
  }

  private void note(String key, Spot spot) {
    Spot before = spots.put(key, spot);
    liveBytes += spot.bytes - (before == null ? 0 : before.bytes);
  }

  /** Forgets keys that are kept elsewhere now. */
  public synchronized void forget(Predicate<String> keys) {
    spots
        .entrySet()
        .removeIf(each -> {
          boolean gone = keys.test(each.getKey());
          liveBytes -= gone ? each.getValue().bytes : 0;
          return gone;
        });
  }

  private void sweep() {
    writesToSweep = SWEEP_EVERY_WRITES;
    long now = nowMillis.getAsLong();
    spots
        .values()
        .removeIf(spot -> {
          boolean over = spot.untilMillis != Entry.FOR_EVER && spot.untilMillis <= now;
          liveBytes -= over ? spot.bytes : 0;
          return over;
        });
  }

  /** Copies what counts to a new file, which then takes the place of this one. */
  private void rewrite() throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Map<String, Spot> moved = new HashMap<>();
    long at = MAGIC_BYTES;
    RandomAccessFile copy = opened(draft);
    try {
      copy.writeInt(MAGIC);
      for (Map.Entry<String, Spot> each : spots.entrySet()) {
        Spot spot = each.getValue();
        copy.write(readAt(spot.offset, spot.bytes).array());
        moved.put(each.getKey(), new Spot(at, spot.bytes, spot.stamp, spot.untilMillis));
        at += spot.bytes;
      }
      copy.getFD().sync();
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      copy.close();
      throw e;
    }
    content.close();
    content = copy;
    spots.clear();
    spots.putAll(moved);
    endBytes = at;
    liveBytes = at - MAGIC_BYTES;
  }

  @Override
  public synchronized void close() {
    try (lockFile) {
      content.close();
    } catch (IOException e) {
      LOG.warn("{} could not be closed", file, e);
    }
  }
}
