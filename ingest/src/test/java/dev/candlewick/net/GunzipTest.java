package dev.candlewick.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members as gzip and bgzip write them, whole and damaged. */
class GunzipTest {
  private static byte[] zip(byte[] plain) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(plain);
    }
    return zipped.toByteArray();
  }

  private static byte[] zip(String plain) throws IOException {
    return zip(plain.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] join(byte[]... parts) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.write(part);
    }
    return whole.toByteArray();
  }

  private static String read(byte[] zipped, int buffer) throws IOException {
    try (Gunzip in = new Gunzip(new ByteArrayInputStream(zipped), buffer)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64, 65_536})
  void readsAllMembersWhereverTheBufferEnds(int buffer) throws IOException {
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    try (Gunzip in =
        new Gunzip(new ByteArrayInputStream(join(zip(noise), zip(""), zip(noise))), buffer)) {
      assertThat(in.readAllBytes()).isEqualTo(join(noise, noise));
    }
    assertThat(read(join(zip("a"), zip(""), zip(""), zip("b")), buffer)).isEqualTo("ab");
  }

  @Test
  void readsEveryFieldOfAHeader() throws IOException {
    byte[] plain = zip("x");
    byte[] extra = {4, 0, 'B', 'C', 0, 0};
    byte[] head = Arrays.copyOf(plain, 10);
    head[3] = 4 | 8 | 16;
    byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
    byte[] named = join(head, extra, "name\0comment\0".getBytes(StandardCharsets.US_ASCII), rest);
    assertThat(read(join(named, plain), 16)).isEqualTo("xx");
  }

  @Test
  void readsAHundredThousandEmptyMembers() throws IOException {
    byte[] empty = zip("");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 100_000; i++) {
      all.write(empty);
    }
    all.write(zip("end"));
    assertThat(read(all.toByteArray(), 65_536)).isEqualTo("end");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 65_536})
  void refusesWhatFollowsAMemberAndIsNone(int buffer) throws IOException {
    byte[] one = zip("one");
    byte[] two = zip("two");
    for (int cut = 1; cut < two.length; cut++) {
      byte[] broken = join(one, Arrays.copyOf(two, cut));
      assertThatThrownBy(() -> read(broken, buffer)).isInstanceOf(IOException.class);
    }
    for (int bad : new int[] {0, 1, 2, 10, two.length - 8, two.length - 1}) {
      byte[] damaged = two.clone();
      damaged[bad] ^= 0x55;
      assertThatThrownBy(() -> read(join(one, damaged), buffer)).isInstanceOf(IOException.class);
    }
    for (byte[] garbage : new byte[][] {{0}, "garbage".getBytes(StandardCharsets.UTF_8)}) {
      assertThatThrownBy(() -> read(join(one, garbage), buffer))
          .isInstanceOf(IOException.class)
          .hasMessage("no gzip after a gzip member");
    }
    assertThatThrownBy(() -> read(new byte[0], buffer)).isInstanceOf(IOException.class);
  }
}
