"""An order's life: python3 order.py http://127.0.0.1:8080 [KEY]

A row is the whole state of its key (bot, order_id) at its ts; written again it is stored once. So a bot that is not sure
whether its answer was lost, or is told to come again, sends the same row again.
"""
import json, sys, time, urllib.error, urllib.request

HEADERS = {"Content-Type": "application/json", **({"Authorization": f"Bearer {sys.argv[2]}"} if len(sys.argv) > 2 else {})}


def write(kind, row):
    body = json.dumps({"rows": [{"ts": time.time_ns() // 1000, **row}], "unit": "us"}).encode()
    request = urllib.request.Request(f"{sys.argv[1]}/v1/records/{kind}", body, HEADERS)
    while True:
        try:
            return urllib.request.urlopen(request, timeout=30).read()
        except urllib.error.HTTPError as refused:
            if refused.code < 500 and refused.code not in (408, 429):
                raise SystemExit(refused.read().decode())
            trouble = refused
        except OSError as lost:
            trouble = lost
        print("not written, trying again:", trouble, file=sys.stderr)
        time.sleep(1)


order = {"bot": "alpha", "order_id": "A-1", "venue": "binance", "symbol": "BTCUSDT", "side": "buy", "quantity": "0.5", "status": "pending"}
write("orders", order)
write("orders", order := order | {"status": "submitted", "exchange_order_id": "87123"})
fill = {"bot": "alpha", "order_id": "A-1", "venue": "binance", "symbol": "BTCUSDT", "side": "buy"}
write("fills", fill | {"fill_id": "F-1", "quantity": "0.2", "price": "61700.10", "fees": "0.0123"})
write("orders", order := order | {"status": "partially_filled", "filled_quantity": "0.2"})
write("fills", fill | {"fill_id": "F-2", "quantity": "0.3", "price": "61700.50", "fees": "0.0185"})
write("orders", order | {"status": "filled", "filled_quantity": "0.5", "avg_fill_price": "61700.34"})
