package dev.candlewick.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The checker sees what it is there to see. Rows 3 (of the database) and 7 (of ours) are bad. */
class VerdictTest {
  private static final List<String> JOURNAL =
      List.of("sent 1 1 5", "sent 2 6 10", "acked 5", "acked 10", "sent 3 11 12");

  private static Verdict of(long... stored) {
    return Verdict.of("c", JOURNAL, LongStream.of(stored), number -> number == 7 || number == 3);
  }

  @Test
  void findsNothingWrongWhereAllIsWell() {
    Verdict verdict = of(1, 2, 4, 5, 6, 8, 9, 10);
    assertThat(verdict.holds()).isTrue();
    assertThat(verdict).isEqualTo(new Verdict("c", 12, 10, 8, 0, 0, 0, 2, 0, 0));
  }

  @Test
  void doesNotMindThatWhatWasNotAckedIsStored() {
    assertThat(of(1, 2, 4, 5, 6, 8, 9, 10, 11, 12).holds()).isTrue();
  }

  @Test
  void seesALostRow() {
    Verdict verdict = of(1, 2, 4, 5, 8, 9, 10);
    assertThat(verdict.lost()).isEqualTo(1);
    assertThat(verdict.holds()).isFalse();
  }

  @Test
  void seesARowStoredTwice() {
    Verdict verdict = of(1, 2, 4, 4, 5, 6, 8, 9, 10);
    assertThat(verdict.duplicated()).isEqualTo(1);
    assertThat(verdict.holds()).isFalse();
  }

  @Test
  void seesARowThatNobodySent() {
    Verdict verdict = of(1, 2, 4, 5, 6, 8, 9, 10, 13);
    assertThat(verdict.phantom()).isEqualTo(1);
    assertThat(verdict.holds()).isFalse();
  }

  @Test
  void seesABadRowThatWasTaken() {
    Verdict verdict = of(1, 2, 4, 5, 6, 7, 8, 9, 10);
    assertThat(verdict.taken()).isEqualTo(1);
    assertThat(verdict.holds()).isFalse();
  }

  @Test
  void seesARefusalWithoutAReason() {
    Verdict verdict =
        Verdict.of("c", JOURNAL, LongStream.of(1, 2, 4, 5, 6, 8, 9, 10), number -> number == 7);
    assertThat(verdict.unexplained()).isEqualTo(1);
    assertThat(verdict.holds()).isFalse();
  }
}
