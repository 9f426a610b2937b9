package dev.candlewick.indicator;

import java.util.List;

/** An indicator's arguments, validated and with defaults filled in. */
record Arguments(List<Double> numbers, Price price) {
  Arguments {
    numbers = List.copyOf(numbers);
  }

  double number(int i) {
    return numbers.get(i);
  }

  int integer(int i) {
    return numbers.get(i).intValue();
  }
}
