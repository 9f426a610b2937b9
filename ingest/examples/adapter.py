"""A feed adapter in short: python3 adapter.py ws://127.0.0.1:8080/v1/ingest STREAM < messages

A line of the input is a message, {"t":"trades","venue":..,"symbol":..,"rows":[..]}; the n-th has seq n.
Cut off or killed and run again, it goes on where the server stands: nothing is lost or doubled. It outlives
whatever passes: a server that restarts, drains or is busy, a database that is away or was set back in time.
Needs the package websockets (Debian: python3-websockets). With an API key, connect(url,
additional_headers={"Authorization": "Bearer KEY"}); before version 14 it is extra_headers.
"""
import asyncio, json, random, sys
from websockets import ConnectionClosed, connect
from websockets.exceptions import InvalidHandshake

FINAL = {4409: "another adapter has taken the stream over"}
FINAL.update(dict.fromkeys((1002, 1003, 1007, 1009, 4400), "the server does not understand this adapter"))


async def session(url, stream, messages):
    async with connect(url, open_timeout=10) as socket:
        await socket.send(json.dumps({"t": "hello", "v": 1, "stream": stream}))
        acked = seq = window = 0  # nothing is sent before the welcome
        while True:
            heard = json.loads(await socket.recv())
            if heard["t"] == "welcome":
                seq = heard["next_seq"]  # the server asks for this one; all before are committed
                acked, window = seq - 1, heard["limits"]["inflight_messages"]
            elif heard["t"] == "ack":
                acked = heard["committed"]
                for row in heard.get("rejected", []):
                    print("rejected for good:", row, file=sys.stderr)
            elif heard["t"] == "drain":
                window = 0  # send no more; what is on its way is acked, then the server closes
            elif heard["t"] == "error":
                print("the server says:", heard, file=sys.stderr)
                seq = heard.get("expected", seq)  # seq_gap; after any other error the server closes
            if window and acked >= len(messages):
                return True
            while window and seq <= len(messages) and seq - acked <= window:
                await socket.send(json.dumps({**messages[seq - 1], "seq": seq}))
                seq += 1


async def feed(url, stream, messages):
    while True:
        try:
            if await session(url, stream, messages):
                return
        except ConnectionClosed as lost:
            if lost.code in FINAL:
                raise SystemExit(FINAL[lost.code])
            print("disconnected:", lost, file=sys.stderr)
        except InvalidHandshake as refused:
            status = getattr(refused, "status_code", None) or getattr(getattr(refused, "response", None), "status_code", 0)
            if 400 <= status < 500 and status not in (408, 429):
                raise SystemExit(f"the server refuses the connection: {refused}")
        except (OSError, asyncio.TimeoutError) as lost:
            print("not connected:", lost, file=sys.stderr)
        await asyncio.sleep(2 * random.random())


if __name__ == "__main__":
    asyncio.run(feed(sys.argv[1], sys.argv[2], [json.loads(line) for line in sys.stdin]))
