package dev.candlewick.indicator;

/** Wilder's parabolic stop and reverse; where it starts and turns is as in TA-Lib. */
final class Parabolic {
  private final double acceleration;
  private final double most;

  /** Candles seen so far, up to 2. */
  private final int count;

  /** 1 for a long position, -1 for a short one. */
  private final int side;

  private final int extreme;
  private final int stop;
  private final int factor;
  private final int high;
  private final int low;

  Parabolic(Layout layout, double acceleration, double most) {
    this.most = most;
    this.acceleration = Math.min(acceleration, most);
    this.count = layout.take(7);
    this.side = count + 1;
    this.extreme = count + 2;
    this.stop = count + 3;
    this.factor = count + 4;
    this.high = count + 5;
    this.low = count + 6;
  }

  double next(double[] m, Bar bar) {
    if (m[count] == 0) {
      m[count] = 1;
      remember(m, bar);
      return Double.NaN;
    }
    if (m[count] == 1) {
      m[count] = 2;
      begin(m, bar);
    }
    boolean isLong = m[side] > 0;
    double told;
    if (isLong ? bar.low() <= m[stop] : bar.high() >= m[stop]) {
      m[side] = -m[side];
      m[stop] = within(m, bar, m[extreme]);
      told = m[stop];
      m[factor] = acceleration;
      m[extreme] = isLong ? bar.low() : bar.high();
    } else {
      told = m[stop];
      boolean further = isLong ? bar.high() > m[extreme] : bar.low() < m[extreme];
      if (further) {
        m[extreme] = isLong ? bar.high() : bar.low();
        m[factor] = Math.min(most, m[factor] + acceleration);
      }
    }
    m[stop] = within(m, bar, m[stop] + m[factor] * (m[extreme] - m[stop]));
    remember(m, bar);
    return told;
  }

  private void begin(double[] m, Bar bar) {
    double up = bar.high() - m[high];
    double down = m[low] - bar.low();
    boolean isLong = !(down > 0 && down > up);
    m[side] = isLong ? 1 : -1;
    m[extreme] = isLong ? bar.high() : bar.low();
    m[stop] = isLong ? m[low] : m[high];
    m[factor] = acceleration;
    remember(m, bar);
  }

  private void remember(double[] m, Bar bar) {
    m[high] = bar.high();
    m[low] = bar.low();
  }

  /** Never inside the range of this candle or the previous one. */
  private double within(double[] m, Bar bar, double value) {
    return m[side] > 0
        ? Math.min(value, Math.min(m[low], bar.low()))
        : Math.max(value, Math.max(m[high], bar.high()));
  }
}
