// Shading behind the candles, without gaps between its times: a series of {time, color} for the chart.
/* global LightweightCharts */

export class Band {
  #data = null;

  priceValueBuilder() {
    return [0];
  }

  isWhitespace(row) {
    return row.color === undefined;
  }

  update(data) {
    this.#data = data;
  }

  renderer() {
    return {draw: (target) => target.useBitmapCoordinateSpace((scope) => this.#draw(scope))};
  }

  #draw({context, bitmapSize, horizontalPixelRatio}) {
    const {bars, barSpacing, visibleRange} = this.#data ?? {};
    if (!visibleRange) return;
    for (const {x, barColor} of bars.slice(visibleRange.from, visibleRange.to)) {
      const left = Math.round((x - barSpacing / 2) * horizontalPixelRatio);
      const right = Math.round((x + barSpacing / 2) * horizontalPixelRatio);
      context.fillStyle = barColor;
      context.fillRect(left, 0, right - left, bitmapSize.height);
    }
  }

  defaultOptions() {
    return {...LightweightCharts.customSeriesDefaultOptions, priceLineVisible: false, lastValueVisible: false};
  }
}
