package dev.candlewick.ingest.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spool's files: what is read back, what a crash or damage leaves of them. */
class SpoolTest {
  private static final String FIRST = "lane0-file1-record1.spool";
  private static final SpoolConfig CONFIG = new SpoolConfig(Path.of("spool"), 1 << 20, 0);

  private final FakeDisk disk = new FakeDisk(new Random(1));

  private static Entry entry(long seq) {
    byte[] payload = new byte[(int) (seq % 7) * 3];
    Arrays.fill(payload, (byte) seq);
    return new Entry(7, "feed-" + seq % 2, 3, seq, 1_000 + seq, payload);
  }

  private static Spool open(Disk on) {
    return Spool.open(on, CONFIG, 1);
  }

  /** Appends these, each group with an fsync of its own. */
  private static void append(SpoolLog log, int... groups) throws IOException {
    long seq = log.records();
    for (int size : groups) {
      List<Entry> group = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        group.add(entry(++seq));
      }
      log.append(group);
    }
  }

  /** Reads all there is, as stored; the seqs. */
  private static List<Long> drain(SpoolLog log) throws InterruptedException {
    List<Long> seqs = new ArrayList<>();
    for (Entry next = log.peek(); next != null; next = log.peek()) {
      Entry written = entry(next.seq());
      assertThat(next).usingRecursiveComparison().isEqualTo(written);
      seqs.add(next.seq());
      log.take();
    }
    log.end();
    return seqs;
  }

  private static List<Long> upTo(long last) {
    return Stream.iterate(1L, seq -> seq <= last, seq -> seq + 1).toList();
  }

  @Test
  void readsBackInOrderWhatWasAppendedAndLeavesNoFile() throws Exception {
    Spool spool = open(disk);
    append(spool.log(0), 1, 3, 2);
    assertThat(spool.records()).isEqualTo(6);
    assertThat(spool.used()).isEqualTo(disk.bytes(FIRST).length);
    assertThat(spool.log(0).holds(7, "feed-1")).isTrue();
    assertThat(spool.log(0).holds(8, "feed-1")).isFalse();
    assertThat(drain(spool.log(0))).isEqualTo(upTo(6));
    assertThat(spool.log(0).holds(7, "feed-1")).isFalse();
    assertThat(spool.used()).isZero();
    assertThat(disk.list()).isEmpty();
  }

  @Test
  void findsAfterARestartWhatWasNotStored() throws Exception {
    append(open(disk).log(0), 1, 3, 2);
    Spool again = open(disk.crash());
    assertThat(again.records()).isEqualTo(6);
    assertThat(again.oldestAge(2_001).toMillis()).isEqualTo(1_000);
    append(again.log(0), 2);
    assertThat(drain(again.log(0))).isEqualTo(upTo(8));
  }

  @Test
  void deletesAFileOnlyOnceAllOfItIsStored() throws Exception {
    SpoolLog log = open(disk).log(0);
    append(log, 3);
    log.peek();
    log.take();
    log.stored();
    assertThat(log.records()).isEqualTo(2);
    FakeDisk after = disk.crash();
    assertThat(drain(open(after).log(0))).isEqualTo(upTo(3));
  }

  @Test
  void beginsAnotherFileWhereOneIsFull() throws Exception {
    SpoolConfig large = new SpoolConfig(Path.of("spool"), Long.MAX_VALUE, 0);
    SpoolLog log = Spool.open(disk, large, 1).log(0);
    byte[] payload = new byte[24 << 20];
    for (long seq = 1; seq <= 3; seq++) {
      log.append(List.of(new Entry(1, "s", 1, seq, 1, payload)));
    }
    assertThat(disk.list()).containsExactly(FIRST, "lane0-file2-record3.spool");
    for (long seq = 1; seq <= 3; seq++) {
      assertThat(log.peek()).extracting(Entry::seq).isEqualTo(seq);
      log.take();
      log.stored();
    }
    assertThat(disk.list()).containsExactly("lane0-file2-record3.spool");
  }

  @Test
  void givesTheLogsOfLanesThatAreGoneToOthers() throws Exception {
    Spool three = Spool.open(disk, CONFIG, 3);
    append(three.log(2), 2);
    append(three.log(1), 1);
    Spool one = open(disk.crash());
    assertThat(one.records()).isEqualTo(3);
    assertThat(drain(one.log(0))).containsExactly(1L, 1L, 2L);
  }

  @Test
  void triesAFailedFsyncNeverAgainOnTheSameFile() throws Exception {
    SpoolLog log = open(disk).log(0);
    append(log, 2);
    disk.failing(1);
    assertThatThrownBy(() -> log.append(List.of(entry(3)))).isInstanceOf(IOException.class);
    disk.failing(0);
    assertThat(log.records()).isEqualTo(2);
    int before = disk.bytes(FIRST).length;
    log.append(List.of(entry(3), entry(4)));
    assertThat(disk.bytes(FIRST)).hasSize(before);
    assertThat(disk.list()).containsExactly(FIRST, "lane0-file2-record3.spool");
    assertThat(drain(open(disk.crash()).log(0))).isEqualTo(upTo(4));
  }

  @Test
  void readsNothingOfWhatASuccessorSupersedes() throws Exception {
    append(open(disk).log(0), 2, 2);
    FakeDisk retired = new FakeDisk(new Random(1));
    retired.put(FIRST, disk.bytes(FIRST));
    retired.put("lane0-file2-record3.spool", new byte[0]);
    Spool spool = open(retired);
    assertThat(spool.records()).isEqualTo(2);
    assertThat(drain(spool.log(0))).isEqualTo(upTo(2));
    assertThat(spool.quarantined()).isZero();
  }

  // Experiment 22.

  @Test
  void leavesOutATornTailWhereverItIsCut() throws Exception {
    SpoolLog log = open(disk).log(0);
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      append(log, 1);
      ends.add(disk.bytes(FIRST).length);
    }
    byte[] whole = disk.bytes(FIRST);
    for (int length = 0; length <= whole.length; length++) {
      FakeDisk cut = new FakeDisk(new Random(1));
      cut.put(FIRST, Arrays.copyOf(whole, length));
      Spool spool = open(cut);
      int last = length;
      long records = ends.stream().filter(end -> end <= last).count();
      assertThat(spool.records()).as("cut to %s bytes", length).isEqualTo(records);
      append(spool.log(0), 1);
      assertThat(drain(spool.log(0))).isEqualTo(upTo(records + 1));
      assertThat(spool.quarantined()).isZero();
      assertThat(cut.list()).isEmpty();
    }
  }

  // Experiment 23.

  @Test
  void findsEveryFlippedBitOfAFinishedFile() throws Exception {
    append(open(disk).log(0), 2, 1, 2);
    byte[] whole = disk.bytes(FIRST);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      FakeDisk flipped = new FakeDisk(new Random(1));
      flipped.put(FIRST, flip(whole, bit));
      flipped.put("lane0-file2-record6.spool", new byte[0]);
      Spool spool = open(flipped);
      assertThat(spool.records()).as("bit %s", bit).isEqualTo(4);
      assertThat(drain(spool.log(0))).hasSize(4).isSubsetOf(upTo(5));
      assertThat(flipped.list()).isEmpty();
      assertThat(spool.quarantined()).as("bit %s", bit).isEqualTo(1);
    }
  }

  @Test
  void findsEveryFlippedBitThatALaterRecordOfTheNewestFileVouchesFor() throws Exception {
    SpoolLog log = open(disk).log(0);
    append(log, 2, 1);
    int vouchedFor = disk.bytes(FIRST).length;
    append(log, 2);
    byte[] whole = disk.bytes(FIRST);
    for (int bit = 0; bit < whole.length * 8; bit++) {
      FakeDisk flipped = new FakeDisk(new Random(1));
      flipped.put(FIRST, flip(whole, bit));
      Spool spool = open(flipped);
      List<Long> drained = drain(spool.log(0));
      boolean vouched = bit / 8 < vouchedFor;
      assertThat(spool.quarantined()).as("bit %s", bit).isEqualTo(vouched ? 1 : 0);
      assertThat(drained).as("bit %s", bit).hasSizeBetween(vouched ? 4 : 3, 4);
      assertThat(drained).startsWith(vouched ? drained.get(0) : 1L).isSubsetOf(upTo(5)).isSorted();
      assertThat(flipped.list()).isEmpty();
    }
  }

  @Test
  void findsABitThatFlipsWhileItRuns() throws Exception {
    Spool spool = open(disk);
    append(spool.log(0), 1, 1, 1);
    byte[] whole = disk.bytes(FIRST);
    disk.put(FIRST, flip(whole, whole.length / 2 * 8));
    assertThat(drain(spool.log(0))).containsExactly(1L, 3L);
    assertThat(spool.quarantined()).isEqualTo(1);
    assertThat(spool.records()).isZero();
    assertThat(spool.log(0).holds(7, "feed-0")).isFalse();
  }

  private static byte[] flip(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << bit % 8);
    return flipped;
  }

  @Test
  void missesAFileThatIsGone() throws Exception {
    append(open(disk).log(0), 2);
    FakeDisk hole = new FakeDisk(new Random(1));
    hole.put(FIRST, disk.bytes(FIRST));
    hole.put("lane0-file3-record5.spool", new byte[0]);
    Spool spool = open(hole);
    assertThat(drain(spool.log(0))).isEqualTo(upTo(2));
    assertThat(spool.quarantined()).isEqualTo(1);
  }

  @Test
  void hasNoRoomOverItsCapOrUnderTheFloorOfTheDisk() throws Exception {
    Spool spool = Spool.open(disk, new SpoolConfig(Path.of("spool"), 1_000, 500), 1);
    assertThat(spool.room()).isEqualTo(1_000);
    disk.capacity = 1_400;
    assertThat(spool.room()).isEqualTo(900);
    append(spool.log(0), 1);
    assertThat(spool.room()).isEqualTo(900 - spool.used());
    disk.capacity = 2_000;
    assertThat(spool.room()).isEqualTo(1_000 - spool.used());
  }

  @Test
  void tellsAsItsLimitWhatTheDiskHasLeft() {
    Spool spool = Spool.open(disk, new SpoolConfig(Path.of("spool"), 1_000, 500), 1);
    assertThat(spool.limit()).isEqualTo(1_000);
    disk.capacity = 800;
    spool.look();
    assertThat(spool.limit()).isEqualTo(300);
    disk.capacity = 100;
    spool.look();
    assertThat(spool.limit()).isZero();
  }

  // Experiment 26.

  @Test
  void aDirectoryHasOneOwnerAtATime(@TempDir Path directory) {
    SpoolConfig config = new SpoolConfig(directory, 1 << 20, 0);
    try (Spool first = Spool.open(config, 1)) {
      assertThat(first.records()).isZero();
      assertThatThrownBy(() -> Spool.open(config, 1))
          .isInstanceOf(SpoolException.class)
          .hasMessage(directory + " is in use by process " + ProcessHandle.current().pid());
    }
    Spool.open(config, 1).close();
  }

  @Test
  void worksOnARealDirectory(@TempDir Path directory) throws Exception {
    SpoolConfig config = new SpoolConfig(directory, 1 << 20, 0);
    try (Spool spool = Spool.open(config, 1)) {
      append(spool.log(0), 2, 3);
    }
    Path file = directory.resolve(FIRST);
    Files.write(file, flip(Files.readAllBytes(file), 100));
    try (Spool spool = Spool.open(config, 1)) {
      assertThat(drain(spool.log(0))).isEqualTo(List.of(2L, 3L, 4L, 5L));
      assertThat(spool.quarantined()).isEqualTo(1);
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void saysWhyADirectoryCannotBeUsed(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> Spool.open(new SpoolConfig(file, 1, 0), 1))
        .isInstanceOf(SpoolException.class)
        .hasMessageStartingWith(file + " cannot be used");
  }
}
