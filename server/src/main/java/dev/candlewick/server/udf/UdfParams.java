package dev.candlewick.server.udf;

import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.web.Params;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one request, each at most once, none unknown; an empty one counts as absent.
 */
final class UdfParams {
  /** Parameters in which charts repeat what they know about an instrument. */
  static final String CURRENCY = "currencyCode";

  static final String UNIT = "unitId";

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,12}");

  private final Map<String, String> values;

  private UdfParams(Map<String, String> values) {
    this.values = values;
  }

  static UdfParams of(RoutingContext ctx, Set<String> known) {
    Map<String, String> values = new HashMap<>();
    try {
      for (Map.Entry<String, String> sent : ctx.queryParams()) {
        if (!known.contains(sent.getKey())) {
          throw UdfException.bad(Params.excerpt(sent.getKey()), "is not supported");
        }
        if (values.put(sent.getKey(), sent.getValue()) != null) {
          throw UdfException.bad(sent.getKey(), "is given more than once");
        }
      }
    } catch (HttpException notEncoded) {
      throw new UdfException("the query string is not percent-encoded");
    }
    return new UdfParams(values);
  }

  @Nullable String text(String name) {
    String value = values.get(name);
    return value == null || value.isEmpty() ? null : value.replace("\0", "");
  }

  String required(String name) {
    String value = values.get(name);
    if (value == null || value.isEmpty()) {
      throw UdfException.bad(name, "is missing");
    }
    return value;
  }

  @Nullable Long number(String name) {
    String value = values.get(name);
    if (value == null || value.isEmpty()) {
      return null;
    }
    if (!INTEGER.matcher(value).matches()) {
      throw UdfException.bad(name, "must be a whole number");
    }
    return Long.valueOf(value);
  }

  /** Rejects what is not supported: converting prices or sizes. */
  void requireOwnCurrency(Instrument instrument) {
    String currency = text(CURRENCY);
    if (currency != null && !currency.equals(SymbolInfo.currency(instrument))) {
      throw UdfException.bad(CURRENCY, "prices are not converted");
    }
    if (text(UNIT) != null) {
      throw UdfException.bad(UNIT, "sizes are not converted");
    }
  }
}
