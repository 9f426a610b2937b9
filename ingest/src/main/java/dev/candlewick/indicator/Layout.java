package dev.candlewick.indicator;

/** Where the parts of a formula keep their state, and what one step of them costs. */
final class Layout {
  private int size;
  private int cost = 1;

  /** Reserves so many numbers, all initially 0; returns where they start. */
  int take(int numbers) {
    int at = size;
    size += numbers;
    return at;
  }

  void cost(int numbers) {
    cost += numbers;
  }

  int size() {
    return size;
  }

  int cost() {
    return cost;
  }
}
