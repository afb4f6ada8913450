"""Publishes KV events as vLLM does: batches of tagged structs over a PUB socket, and again on request.

Reads a JSON object a line: {"events": [...], "lost": bool, "as_maps": bool, "forget": bool}; answers each with a line.
"""

import json
import sys
import threading
from typing import Any, List, Optional, Union

import msgspec
import zmq

TOPIC = b"kv"
END = (-1).to_bytes(8, "big", signed=True)


class Batch(msgspec.Struct, array_like=True, omit_defaults=True):
    ts: float
    events: List[Any]
    data_parallel_rank: Optional[int] = None


class BlockStored(msgspec.Struct, array_like=True, omit_defaults=True, tag=True):
    block_hashes: List[Union[int, bytes]]
    parent_block_hash: Union[int, bytes, None]
    token_ids: List[int]
    block_size: int
    lora_id: Optional[int] = None
    medium: Optional[str] = None


class BlockRemoved(msgspec.Struct, array_like=True, omit_defaults=True, tag=True):
    block_hashes: List[Union[int, bytes]]
    medium: Optional[str] = None


class AllBlocksCleared(msgspec.Struct, array_like=True, omit_defaults=True, tag=True):
    pass


KINDS = {"BlockStored": BlockStored, "BlockRemoved": BlockRemoved, "AllBlocksCleared": AllBlocksCleared}


def hashed(value: Any) -> Any:
    """JSON knows no bytes: text is a digest in hexadecimal."""
    return bytes.fromhex(value) if isinstance(value, str) else value


def event(fields: dict, as_map: bool) -> Any:
    kind = fields.pop("type")
    if "block_hashes" in fields:
        fields["block_hashes"] = [hashed(value) for value in fields["block_hashes"]]
    if kind == "BlockStored":
        fields["parent_block_hash"] = hashed(fields.get("parent_block_hash"))
    return {"type": kind, **fields} if as_map else KINDS[kind](**fields)


class Publisher:
    def __init__(self) -> None:
        context = zmq.Context()
        self.socket = context.socket(zmq.XPUB)  # a PUB that tells who subscribes
        self.port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.replay = context.socket(zmq.ROUTER)
        self.replay_port = self.replay.bind_to_random_port("tcp://127.0.0.1")
        self.buffer: dict = {}
        self.lock = threading.Lock()
        self.number = 0

    def serve_replays(self) -> None:
        while True:
            client, _, start = self.replay.recv_multipart()
            with self.lock:
                kept = [each for each in self.buffer.items() if each[0] >= int.from_bytes(start, "big")]
            for number, payload in kept:
                self.replay.send_multipart([client, b"", number.to_bytes(8, "big"), payload])
            self.replay.send_multipart([client, b"", END, b""])

    def publish(self, asked: dict) -> None:
        events = [event(each, asked.get("as_maps", False)) for each in asked["events"]]
        payload = msgspec.msgpack.encode(Batch(ts=1.5, events=events, data_parallel_rank=0))
        with self.lock:
            if asked.get("forget"):
                self.buffer.clear()
            else:
                self.buffer[self.number] = payload
        if not asked.get("lost"):
            self.socket.send_multipart([TOPIC, self.number.to_bytes(8, "big"), payload])
        self.number += 1


def main() -> None:
    publisher = Publisher()
    threading.Thread(target=publisher.serve_replays, daemon=True).start()
    print(json.dumps({"port": publisher.port, "replay_port": publisher.replay_port}), flush=True)
    publisher.socket.recv()
    print("subscribed", flush=True)
    for line in sys.stdin:
        publisher.publish(json.loads(line))
        print("published", flush=True)


main()
