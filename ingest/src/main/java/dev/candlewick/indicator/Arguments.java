package dev.candlewick.indicator;

import java.util.List;

/** An indicator's arguments, checked, those left out included. */
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
