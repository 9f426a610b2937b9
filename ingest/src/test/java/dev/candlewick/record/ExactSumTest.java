package dev.candlewick.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactSumTest {
  private static final MathContext FIFTEEN_DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);

  /** Each value has so many digits behind the point, before it as many as {@code whole} tells. */
  @ParameterizedTest
  @CsvSource({
    "1, 1", "4, 2", "6, 8", "2, 20", "12, 3", "0, 15", "15, 0", "9, 9", "14, 4", "18, 2", "0, 30"
  })
  void addsWithoutError(int whole, int fraction) {
    Random random = new Random(whole * 100L + fraction);
    for (int round = 0; round < 20_000; round++) {
      ExactSum sum = new ExactSum();
      BigDecimal exact = BigDecimal.ZERO;
      for (int i = random.nextInt(8); i >= 0; i--) {
        double value = value(random, whole, fraction);
        sum.add(value);
        exact = exact.add(new BigDecimal(value).round(FIFTEEN_DIGITS));
      }
      assertThat(sum.value()).isEqualTo(exact.doubleValue());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, 2, 1, 5",
    "6, 8, 3, 8",
    "2, 20, 2, 20",
    "12, 3, 12, 3",
    "15, 0, 15, 0",
    "9, 1, 9, 0"
  })
  void addsProductsWithoutError(int whole, int fraction, int otherWhole, int otherFraction) {
    Random random = new Random(whole * 100L + fraction);
    for (int round = 0; round < 20_000; round++) {
      ExactSum sum = new ExactSum();
      BigDecimal exact = BigDecimal.ZERO;
      for (int i = random.nextInt(8); i >= 0; i--) {
        double one = value(random, whole, fraction);
        double other = value(random, otherWhole, otherFraction);
        sum.addProduct(one, other);
        exact = exact.add(fifteen(one).multiply(fifteen(other)));
      }
      assertThat(sum.exact()).isEqualByComparingTo(exact);
      assertThat(sum.value()).isEqualTo(exact.doubleValue());
    }
  }

  private static BigDecimal fifteen(double value) {
    return new BigDecimal(value).round(FIFTEEN_DIGITS);
  }

  private static double value(Random random, int whole, int fraction) {
    StringBuilder text = new StringBuilder(random.nextInt(8) == 0 ? "-" : "");
    digits(text, random, 1 + random.nextInt(whole + 1));
    digits(text.append('.'), random, random.nextInt(fraction + 1));
    // A tie at the sixteenth digit now and then.
    return Double.parseDouble(random.nextInt(4) == 0 ? text + "5" : text.toString());
  }

  private static void digits(StringBuilder text, Random random, int count) {
    for (int i = 0; i < count; i++) {
      text.append((char) ('0' + random.nextInt(10)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.2, 0.3",
    "1e300, 1e-300, 1e300",
    "4.9e-324, 0, 4.9e-324",
    "-0.1, 0.1, 0",
    "9.99999999999999999e14, 0, 1e15",
    "1.7976931348623157e308, 0, 1.79769313486232e308",
    "NaN, 1, NaN",
    "1, NaN, NaN"
  })
  void addsTwo(double one, double other, double expected) {
    ExactSum sum = new ExactSum();
    sum.add(one);
    sum.add(other);
    assertThat(Double.compare(sum.value(), expected)).isZero();
  }
}
