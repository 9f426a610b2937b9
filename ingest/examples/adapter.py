"""A feed adapter in short: python3 adapter.py ws://127.0.0.1:8080/v1/ingest STREAM < messages

A line of the input is a message, {"t":"trades","venue":..,"symbol":..,"rows":[..]}; the n-th has seq n.
Cut off or killed and run again, it goes on where the server stands: nothing is lost or doubled.
Needs the package websockets (Debian: python3-websockets). With an API key, connect(url,
additional_headers={"Authorization": "Bearer KEY"}); before version 14 it is extra_headers.
"""
import asyncio, json, random, sys
from websockets import ConnectionClosed, connect


async def feed(url, stream, messages):
    acked = 0
    while acked < len(messages):
        try:
            async with connect(url) as socket:
                await socket.send(json.dumps({"t": "hello", "v": 1, "stream": stream}))
                welcome = json.loads(await socket.recv())
                seq = welcome["next_seq"]  # the server asks for this one; all before are committed
                acked = seq - 1
                while acked < len(messages):
                    while seq <= len(messages) and seq - acked <= welcome["limits"]["inflight_messages"]:
                        await socket.send(json.dumps({**messages[seq - 1], "seq": seq}))
                        seq += 1
                    heard = json.loads(await socket.recv())
                    acked = heard.get("committed", acked)
                    for row in heard.get("rejected", []):
                        print("rejected for good:", row, file=sys.stderr)
                    if heard["t"] == "error":
                        raise SystemExit(heard)
        except (OSError, ConnectionClosed) as lost:
            if getattr(lost, "code", None) == 4409:
                raise SystemExit("another adapter has taken the stream over")
            await asyncio.sleep(random.random())


if __name__ == "__main__":
    asyncio.run(feed(sys.argv[1], sys.argv[2], [json.loads(line) for line in sys.stdin]))
