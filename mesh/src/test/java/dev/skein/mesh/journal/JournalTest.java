package dev.skein.mesh.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final int PAGE_BYTES = 4_096;

  @TempDir private Path folder;
  private long nowMillis = 1_000;

  private Journal open() throws IOException {
    return Journal.open(folder.resolve("values"), "scores", () -> nowMillis);
  }

  private Path file() {
    return folder.resolve("values").resolve("scores.journal");
  }

  private static Entry entry(long stamp, String value) {
    return new Entry(stamp, Entry.FOR_EVER, value.getBytes(UTF_8));
  }

  /** The values by key; "-" for a key that was removed. */
  private Map<String, String> reopened() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Journal journal = open()) {
      journal
          .entries()
          .forEach((key, entry) -> {
            byte[] value = entry.value();
            found.put(key, value == null ? "-" : new String(value, UTF_8));
          });
    }
    return found;
  }

  @Test
  void whatWasWrittenIsThereAgainAndOfEachKeyTheNewest() throws IOException {
    try (Journal journal = open()) {
      journal.write("a", entry(1, "one"));
      journal.write("b", entry(5, "five"));
      journal.write("a", entry(2, "two"));
      journal.write("b", entry(4, "too late"));
      journal.write("c", entry(1, "c"));
      journal.write("c", new Entry(2, Entry.FOR_EVER, null));
      assertThat(journal.stampOf("b")).isEqualTo(5);
      assertThat(journal.stampOf("nothing")).isZero();
    }
    assertThat(reopened()).isEqualTo(Map.of("a", "two", "b", "five", "c", "-"));
  }

  @Test
  void anEntryGoesWhenItsTimeIsOver() throws IOException {
    try (Journal journal = open()) {
      journal.write("a", new Entry(1, 2_000, "a".getBytes(UTF_8)));
      journal.write("b", new Entry(1, 2_001, "b".getBytes(UTF_8)));
    }
    nowMillis = 2_000;
    assertThat(reopened()).isEqualTo(Map.of("b", "b"));
  }

  @Test
  void anEntryWhoseWritingWasCutOffIsDroppedAndTheJournalGoesOn() throws IOException {
    try (Journal journal = open()) {
      journal.write("a", entry(1, "a"));
      journal.write("b", entry(1, "b"));
    }
    byte[] whole = Files.readAllBytes(file());
    for (int length = whole.length - 1; length > whole.length - 20; length--) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      try (Journal journal = open()) {
        journal.write("c", entry(1, "c"));
      }
      assertThat(reopened()).isEqualTo(Map.of("a", "a", "c", "c"));
    }
  }

  @Test
  void anEntryThatWasChangedOnTheDiskEndsTheJournal() throws IOException {
    try (Journal journal = open()) {
      journal.write("a", entry(1, "a"));
      journal.write("b", entry(1, "b"));
    }
    byte[] bytes = Files.readAllBytes(file());
    bytes[bytes.length - 1] ^= 1;
    Files.write(file(), bytes);
    assertThat(reopened()).isEqualTo(Map.of("a", "a"));
  }

  @Test
  void theFileIsWrittenAnewWhenMostOfItIsOld() throws IOException {
    String page = "x".repeat(PAGE_BYTES);
    try (Journal journal = open()) {
      journal.write("stays", entry(1, "here"));
      for (int i = 1; i <= 2_000; i++) {
        journal.write("a", entry(i, page + i));
      }
      assertThat(Files.size(file())).isLessThan(3 << 20);
      journal.write("after", entry(1, "wards"));
    }
    assertThat(reopened()).isEqualTo(Map.of("stays", "here", "a", page + 2_000, "after", "wards"));
  }

  @Test
  void forgottenKeysAreNotWrittenAnew() throws IOException {
    String page = "x".repeat(PAGE_BYTES);
    try (Journal journal = open()) {
      journal.write("moved", entry(1, page));
      journal.forget(key -> key.equals("moved"));
      for (int i = 1; i <= 1_000; i++) {
        journal.write("a", entry(i, page));
      }
    }
    assertThat(reopened()).isEqualTo(Map.of("a", page));
  }

  @Test
  void anInterruptOfAWriterHarmsNobody() throws IOException {
    try (Journal journal = open()) {
      Thread.currentThread().interrupt();
      journal.write("a", entry(1, "a"));
      assertThat(Thread.interrupted()).isTrue();
      journal.write("b", entry(1, "b"));
    }
    assertThat(reopened()).hasSize(2);
  }

  @Test
  void onlyTheOwnerMayReadWhatIsKept() throws IOException {
    assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");
    open().close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void aJournalIsOpenOnce() throws IOException {
    try (Journal journal = open()) {
      journal.write("a", entry(1, "a"));
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process keeps the store scores there");
    }
    assertThat(reopened()).hasSize(1);
  }

  @Test
  void whatIsNoFolderOrNoJournalIsRefusedByName() throws IOException {
    Path inTheWay = Files.writeString(folder.resolve("in-the-way"), "a file");
    assertThatThrownBy(() -> Journal.open(inTheWay, "scores", () -> nowMillis))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in-the-way");

    Files.writeString(folder.resolve("scores.journal"), "something else");
    assertThatThrownBy(() -> Journal.open(folder, "scores", () -> nowMillis))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("scores.journal is no journal of a store");
  }

  @Test
  void stampsGrowAlsoWhereTheClockDoesNot() {
    long first = Entry.stampAfter(0, 5);
    long second = Entry.stampAfter(first, 5);
    long third = Entry.stampAfter(second, 4);
    assertThat(second).isGreaterThan(first);
    assertThat(third).isGreaterThan(second);
    assertThat(Entry.stampAfter(third, 6)).isGreaterThan(third);
    assertThat(Entry.stampAfter(0, 6)).isGreaterThan(third);
  }
}
