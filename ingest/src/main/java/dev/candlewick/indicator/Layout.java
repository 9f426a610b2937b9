package dev.candlewick.indicator;

/** Where the parts of a formula keep their state, and what one step of them costs. */
final class Layout {
  private int size;
  private int cost = 1;

  /** So many numbers, all 0 at first; where they begin. */
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
