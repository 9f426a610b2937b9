// The drawing: candles, volume below them, gaps behind them.
/* global LightweightCharts */
import {Band} from './band.js';
import {brief} from './format.js';

const MOST_GAP_SLOTS = 24;
const NEAR_START = 30;

const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    up: of('--up'), down: of('--down'), upSoft: of('--up-soft'), downSoft: of('--down-soft'), forming: of('--forming'),
    gap: of('--gap'), text: of('--quiet'), line: of('--grid'), surface: of('--surface'), accent: of('--accent'),
    lines: [1, 2, 3, 4, 5, 6].map((n) => of(`--line-${n}`)), sessions: [1, 2, 3, 4].map((n) => of(`--session-${n}`)),
  };
};

export class Chart {
  #chart;
  #candles;
  #volume;
  #gapBand;
  #sessionBand;
  #sessions = [];
  #ranges = [];
  #rangeSeries = [];
  #lines = [];
  #lineRows = [];
  #colours = colours();
  #rows = [];
  #gaps = new Map();
  #last = null;

  constructor(element, onHover, onStart) {
    const {createChart, CandlestickSeries, HistogramSeries} = LightweightCharts;
    this.#chart = createChart(element, {
      autoSize: true,
      // The page has the link that this logo would be; the logo brings a style element, which is not let in.
      layout: {attributionLogo: false, background: {color: 'transparent'}, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, panes: {enableResize: false}},
      rightPriceScale: {borderVisible: false},
      timeScale: {borderVisible: false, timeVisible: true, rightOffset: 4, minBarSpacing: 1},
      crosshair: {mode: 0},
      localization: {locale: 'en-US'},
    });
    this.#gapBand = this.#chart.addCustomSeries(new Band(), {priceScaleId: 'gaps'});
    this.#sessionBand = this.#chart.addCustomSeries(new Band(), {priceScaleId: 'sessions'});
    this.#candles = this.#chart.addSeries(CandlestickSeries, {priceLineStyle: 2});
    this.#candles.priceScale().applyOptions({scaleMargins: {top: 0.08, bottom: 0.06}});
    this.#volume = this.#chart.addSeries(HistogramSeries, {
      priceFormat: {type: 'custom', minMove: 1e-8, formatter: brief}, priceLineVisible: false, lastValueVisible: false,
    }, 1);
    this.#chart.panes()[0].setStretchFactor(4);
    this.#chart.panes()[1].setStretchFactor(1);
    this.#chart.subscribeCrosshairMove((at) => onHover(at.time === undefined ? null : at.time * 1000));
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < NEAR_START && this.#rows.length) onStart();
    });
    this.#paint();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours = colours();
      this.#paint();
      this.set(this.#rows, [...this.#gaps.values()]);
      this.lines(this.#lines.map((line) => line.of), this.#digits);
      this.lineData(this.#lineRows);
      this.sessions(this.#sessions);
      this.ranges(this.#ranges);
    });
  }

  #digits = 2;

  /** Series for indicators: {name, pane (null = over the candles), kind}; the ones before go. */
  lines(list, digits = 2) {
    const {HistogramSeries, LineSeries} = LightweightCharts;
    this.#lines.forEach((line) => this.#chart.removeSeries(line.series));
    while (this.#chart.panes().length > 2) this.#chart.removePane(this.#chart.panes().length - 1);
    this.#digits = digits;
    this.#lineRows = [];
    const panes = [...new Set(list.map((one) => one.pane).filter((pane) => pane !== null))];
    this.#lines = list.map((of, i) => {
      const colour = this.#colours.lines[i % this.#colours.lines.length];
      const format = of.pane === null ? {type: 'price', precision: digits, minMove: 10 ** -digits} : {type: 'custom', minMove: 1e-8, formatter: brief};
      const common = {priceLineVisible: false, lastValueVisible: of.pane !== null, priceFormat: format, title: ''};
      const pane = of.pane === null ? 0 : 2 + panes.indexOf(of.pane);
      const series = of.kind === 'histogram'
        ? this.#chart.addSeries(HistogramSeries, {...common, color: colour, base: 0}, pane)
        : this.#chart.addSeries(LineSeries, {
          ...common, color: colour, lineWidth: 1.5, crosshairMarkerVisible: false, lineVisible: of.kind !== 'dots', pointMarkersVisible: of.kind === 'dots', pointMarkersRadius: 1.5,
        }, pane);
      return {of, series};
    });
    this.#chart.panes().forEach((pane, i) => pane.setStretchFactor(i === 0 ? 4 : i === 1 ? 0.8 : 1));
  }

  #point(line, row) {
    const value = row[line.of.name];
    return value === null || value === undefined ? {time: row.ts / 1000} : {time: row.ts / 1000, value};
  }

  /** All rows of indicators anew, in order. */
  lineData(rows) {
    this.#lineRows = rows;
    for (const line of this.#lines) line.series.setData(rows.map((row) => this.#point(line, row)));
  }

  /** A row that is the newest; false if it is not. */
  lineUpdate(row) {
    const last = this.#lineRows.at(-1);
    if (!last || row.ts < last.ts) return false;
    this.#lineRows.splice(row.ts === last.ts ? -1 : this.#lineRows.length, 1, row);
    for (const line of this.#lines) line.series.update(this.#point(line, row));
    return true;
  }

  /** Shades times: [{ts, index}], in order. */
  sessions(list) {
    this.#sessions = list;
    const colours = this.#colours.sessions;
    this.#sessionBand.setData(list.map(({ts, index}) => ({time: ts / 1000, color: colours[index % colours.length]})));
  }

  /** Levels over stretches of times: [{times, high, low}] by opening range. */
  ranges(list) {
    const {LineSeries} = LightweightCharts;
    this.#ranges = list;
    this.#rangeSeries.forEach((series) => this.#chart.removeSeries(series));
    this.#rangeSeries = list.flatMap((stretches, i) => ['high', 'low'].map((side) => {
      const colour = this.#colours.lines[i % this.#colours.lines.length];
      const series = this.#chart.addSeries(LineSeries, {
        color: colour, lineWidth: 1, lineStyle: 2, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false, autoscaleInfoProvider: () => null,
      });
      // A point's colour is that of the line from it to the next one: none leads from one day to another.
      const colourAt = (one, n) => (n === one.times.length - 1 ? 'transparent' : colour);
      series.setData(stretches.flatMap((one) => one.times.map((ts, n) => ({time: ts / 1000, value: one[side], color: colourAt(one, n)}))));
      return series;
    }));
  }

  #paint() {
    const c = this.#colours;
    this.#chart.applyOptions({
      layout: {textColor: c.text, panes: {separatorColor: c.line, separatorHoverColor: c.line}},
      grid: {vertLines: {color: c.line}, horzLines: {color: c.line}},
      crosshair: {vertLine: {labelBackgroundColor: c.accent}, horzLine: {labelBackgroundColor: c.accent}},
    });
    this.#candles.applyOptions({upColor: c.up, downColor: c.down, wickUpColor: c.up, wickDownColor: c.down, borderUpColor: c.up, borderDownColor: c.down});
  }

  format(digits) {
    this.#candles.applyOptions({priceFormat: {type: 'price', precision: digits, minMove: 10 ** -digits}});
  }

  /** Shows seconds on the time axis. */
  seconds(visible) {
    this.#chart.applyOptions({timeScale: {secondsVisible: visible}});
  }

  /** All rows anew; `gaps` as CandleSet tells them. */
  set(rows, gaps) {
    this.#rows = [...rows];
    this.#gaps = new Map(gaps.map((gap) => [gap.ts, gap]));
    const empty = gaps.map((gap) => ({time: gap.ts / 1000}));
    const candles = [...rows.map((row) => this.#candle(row)), ...empty].sort((a, b) => a.time - b.time);
    this.#candles.setData(candles);
    this.#volume.setData(rows.map((row) => this.#bar(row)));
    this.#gapBand.setData(gaps.map((gap) => ({time: gap.ts / 1000, color: this.#colours.gap})));
    this.#last = rows.at(-1)?.ts ?? null;
    if (rows.length) this.#drawPriceLine(rows.at(-1));
  }

  /** In its own colour: that of a hollow candle is the background's. */
  #drawPriceLine(row) {
    this.#candles.applyOptions({priceLineColor: row.close >= row.open ? this.#colours.up : this.#colours.down});
  }

  /** The newest candle, new or changed; false if it is not the newest and all must be set anew. */
  update(row, seconds) {
    const follows = this.#last !== null && (row.ts === this.#last || row.ts === this.#last + seconds * 1000);
    if (follows) {
      this.#candles.update(this.#candle(row));
      this.#volume.update(this.#bar(row));
      this.#rows.splice(row.ts === this.#last ? -1 : this.#rows.length, 1, row);
      this.#last = row.ts;
      this.#drawPriceLine(row);
    }
    return follows;
  }

  /** Built from trades: filled. The venue's own: hollow. Mixed: pale. Forming: outlined in its own colour. */
  #candle(row) {
    const c = this.#colours;
    const up = row.close >= row.open;
    const strong = up ? c.up : c.down;
    const soft = up ? c.upSoft : c.downSoft;
    const fill = row.source === 'native' ? c.surface : row.source === 'mixed' ? soft : strong;
    const border = row.closed ? strong : c.forming;
    return {
      time: row.ts / 1000, open: row.open, high: row.high, low: row.low, close: row.close,
      color: row.closed ? fill : row.source === 'native' ? c.surface : soft, borderColor: border, wickColor: border,
    };
  }

  #bar(row) {
    const c = this.#colours;
    const colour = row.closed ? (row.close >= row.open ? c.upSoft : c.downSoft) : c.forming;
    return {time: row.ts / 1000, value: row.volume, color: colour};
  }

  gapAt(ts) {
    return this.#gaps.get(ts);
  }

  showNewest(count) {
    const slots = this.#rows.length + this.#gaps.size;
    this.#chart.timeScale().setVisibleLogicalRange({from: Math.max(-2, slots - count), to: slots + 3});
  }

  /** Puts the crosshair on a candle and brings it into view. */
  point(row) {
    const slots = [...this.#rows.map((r) => r.ts), ...this.#gaps.keys()].sort((a, b) => a - b);
    const index = slots.indexOf(row.ts);
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range && (index < range.from || index > range.to)) {
      const width = range.to - range.from;
      scale.setVisibleLogicalRange({from: index - width / 2, to: index + width / 2});
    }
    this.#chart.setCrosshairPosition(row.close, row.ts / 1000, this.#candles);
  }

  leave() {
    this.#chart.clearCrosshairPosition();
  }

  zoom(factor) {
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range) {
      const width = Math.max(10, (range.to - range.from) * factor);
      scale.setVisibleLogicalRange({from: range.to - width, to: range.to});
    }
  }
}

export {MOST_GAP_SLOTS};
