"""A client of the native protocol, written from targets/protocol/README.md alone, with Python's standard library alone.

In: orders, one line of JSON each on stdin: {"do": ..., "name": which client, ...}. Out: one line of JSON for each order, what came of it,
or {"error": ...}. A client acknowledges what it gets, keeps its cursor and its counter in a file, repeats what was not answered when it
comes back, renumbers what is refused as stale, and follows `moved` to the nodes that it was told of.
"""

import base64
import hashlib
import hmac
import json
import os
import select
import socket
import struct
import sys
import time

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
PATH = "/letitcrash"
SUBPROTOCOL = "letitcrash.1"
LIMIT_S = 10
MAX_MOVES = 3
MAX_ID = 2**53 - 1

HELLO, SEND, DELIVERED, READ, WATCH, PING, BYE = range(1, 8)
CHALLENGE, WELCOME, ACK, NACK, DELIVER, RECEIPT, PRESENCE, ERROR, PONG = range(0x80, 0x89)
MOVED, STALE_ID = 17, 18


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def issue(key, user, device, life_s=3600):
    """A token and its secret, as whoever has the key issues them."""
    claims = {"sub": user, "dev": device, "exp": int(time.time()) + life_s, "jti": os.urandom(8).hex()}
    signed = base64url(json.dumps(claims).encode())
    token = signed + b"." + base64url(mac(key, signed))
    return token, mac(key, b"proof|" + token)


def bearer(token, secret):
    challenge = hashlib.sha256(b"letitcrash http bearer").digest()[:16]
    return (token + b"." + base64url(mac(secret, challenge))).decode()


def str8(text):
    data = text.encode()
    return bytes([len(data)]) + data


def frame(kind, body=b""):
    return struct.pack(">I", kind << 24 | len(body)) + body


def read_str8(body, at):
    end = at + 1 + body[at]
    return body[at + 1 : end].decode(), end


def parse(message):
    """The frames of one WebSocket message, as dictionaries."""
    at = 0
    while at < len(message):
        header = struct.unpack_from(">I", message, at)[0]
        kind, end = header >> 24, at + 4 + (header & 0xFFFFFF)
        yield read_frame(kind, message[at + 4 : end])
        at = end


def read_frame(kind, body):
    if kind == CHALLENGE:
        return {"type": kind, "challenge": body}
    if kind == WELCOME:
        epoch, cursor, max_frame, window = struct.unpack_from(">QQIH", body)
        node, at = read_str8(body, 22)
        highest, max_message, max_unanswered, idle = struct.unpack_from(">QIII", body, at)
        return {
            "type": kind, "epoch": epoch, "cursor": cursor, "maxFrame": max_frame, "window": window, "node": node,
            "highestId": highest, "maxMessage": max_message, "maxUnanswered": max_unanswered, "idleMs": idle,
        }
    if kind == ACK:
        return {"type": kind, "id": struct.unpack(">Q", body)[0]}
    if kind == NACK:
        number, code = struct.unpack_from(">QH", body)
        return {"type": kind, "id": number, "code": code, "reason": read_str8(body, 10)[0]}
    if kind == DELIVER:
        seq, number, sent_at = struct.unpack_from(">QQQ", body)
        sender, at = read_str8(body, 25)
        return {
            "type": kind, "seq": seq, "id": number, "sentAtMs": sent_at, "again": body[24] & 1 == 1,
            "from": sender, "text": body[at:].decode(),
        }
    if kind == RECEIPT:
        return {"type": kind, "kind": body[0], "id": struct.unpack_from(">Q", body, 1)[0], "by": read_str8(body, 9)[0]}
    if kind == PRESENCE:
        return {"type": kind, "online": body[0] == 1, "lastSeenMs": struct.unpack_from(">Q", body, 1)[0], "user": read_str8(body, 9)[0]}
    if kind == ERROR:
        return {"type": kind, "code": struct.unpack_from(">H", body)[0], "reason": read_str8(body, 2)[0]}
    if kind == PONG:
        return {"type": kind, "nonce": struct.unpack(">I", body)[0]}
    return {"type": kind}


class WebSocket:
    """RFC 6455, as far as a client of this protocol needs it."""

    def __init__(self, host, port, query=""):
        self.buffer = b""
        self.parts = b""
        self.unread = True
        self.close_code = None
        self.pings = 0
        self.socket = socket.create_connection((host, port), LIMIT_S)
        key = base64.b64encode(os.urandom(16))
        request = [
            f"GET {PATH}{query} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key.decode()}", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
        ]
        self.socket.sendall(("\r\n".join(request) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            data = self.socket.recv(65536)
            if data == b"":
                raise ConnectionError("closed during the handshake")
            self.buffer += data
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status = head.split(b" ", 2)[1]
        if status != b"101":
            raise ConnectionError(f"HTTP {status.decode()}")
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        if accept not in head:
            raise ConnectionError("not a WebSocket server")

    def write(self, payload, opcode=2):
        mask = os.urandom(4)
        size = len(payload)
        header = bytes([0x80 | opcode])
        if size < 126:
            header += bytes([0x80 | size])
        elif size < 65536:
            header += struct.pack(">BH", 0x80 | 126, size)
        else:
            header += struct.pack(">BQ", 0x80 | 127, size)
        pad = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")
        self.socket.sendall(header + mask + masked)

    def messages(self, wait_s):
        """The messages that are there, after waiting for some at most `wait_s`. Answers pings."""
        # The first of them may have come in one packet with the handshake, and is read by no further packet.
        if select.select([self.socket], [], [], 0 if self.unread else wait_s)[0]:
            try:
                data = self.socket.recv(65536)
            except ConnectionError:
                data = b""
            if data == b"" and self.close_code is None:
                self.close_code = 1006
            self.buffer += data
        self.unread = False
        found = []
        while (one := self.next_frame()) is not None:
            final, opcode, payload = one
            if opcode == 9:
                self.pings += 1
                self.write(payload, 10)
            elif opcode == 8 and self.close_code is None:
                self.close_code = struct.unpack_from(">H", payload)[0] if payload else 1005
                try:
                    self.write(payload[:2], 8)
                except OSError:
                    pass
            elif opcode in (0, 2):
                self.parts += payload
                if final:
                    found.append(self.parts)
                    self.parts = b""
        return found

    def next_frame(self):
        data = self.buffer
        if len(data) < 2:
            return None
        size, at = data[1] & 0x7F, 2
        if size == 126:
            at = 4
            if len(data) < at:
                return None
            size = struct.unpack_from(">H", data, 2)[0]
        elif size == 127:
            at = 10
            if len(data) < at:
                return None
            size = struct.unpack_from(">Q", data, 2)[0]
        if len(data) < at + size:
            return None
        self.buffer = data[at + size :]
        return data[0] & 0x80 != 0, data[0] & 0x0F, data[at : at + size]


class Client:
    def __init__(self, order):
        self.key = from_base64url(order["key"])
        self.user, self.device, self.file = order["user"], order["device"], order["file"]
        self.known = [tuple(address) for address in order["nodes"]]
        self.recalls = order.get("recalls", True)
        self.acknowledges = order.get("acknowledges", True)
        self.socket = None
        self.frames = []
        self.received = []
        self.renumbered = {}
        self.moves = []
        self.read_state()

    # What it must remember.

    def read_state(self):
        self.cursor, self.used, self.unanswered = 0, 0, []
        if os.path.exists(self.file):
            with open(self.file) as file:
                self.cursor, self.used, self.unanswered = json.load(file)

    def write_state(self):
        with open(self.file + ".new", "w") as file:
            json.dump([self.cursor, self.used, self.unanswered], file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.file + ".new", self.file)

    # The connection.

    def connect(self, host, port, cursor=None):
        query = ""
        for _ in range(MAX_MOVES + 1):
            self.frames, self.welcome = [], None
            self.socket = WebSocket(host, port, query)
            self.until(lambda: self.of(CHALLENGE))
            token, secret = issue(self.key, self.user, self.device)
            proof = mac(secret, self.of(CHALLENGE)[0]["challenge"])
            told = self.cursor if cursor is None else cursor
            body = bytes([2]) + struct.pack(">H", len(token)) + token + proof + struct.pack(">QQ", told, self.used)
            self.write(frame(HELLO, body))
            self.until(lambda: self.of(WELCOME) or self.of(ERROR))
            if self.of(WELCOME):
                return self.opened(self.of(WELCOME)[0])
            error = self.of(ERROR)[0]
            host, _, port = error["reason"].rpartition(":")
            if error["code"] != MOVED or (host, int(port)) not in self.known:
                return {"refused": error}
            port = int(port)
            self.moves.append(port)
            query = "?redirected"
        return {"refused": error}

    def opened(self, welcome):
        self.welcome = welcome
        if self.recalls and welcome["highestId"] > self.used:
            self.used = welcome["highestId"]
            self.write_state()
        for message in self.unanswered:
            self.write_send(message)
        return {key: value for key, value in welcome.items() if key != "type"}

    def write(self, data):
        self.socket.write(data)

    def until(self, condition):
        """Waits until `condition` holds, or the connection is closed."""
        give_up = time.monotonic() + LIMIT_S
        while not condition():
            if self.socket.close_code is not None:
                return False
            left = give_up - time.monotonic()
            if left <= 0:
                raise TimeoutError("waited in vain; last frames: " + repr(self.frames[-5:]))
            for message in self.socket.messages(left):
                for one in parse(message):
                    self.take(one)
        return True

    def of(self, kind):
        return [one for one in self.frames if one["type"] == kind]

    # What the server says.

    def take(self, one):
        self.frames.append(one)
        if one["type"] == DELIVER:
            if one["seq"] > self.cursor:
                self.received.append([one["from"], one["text"]])
                if self.acknowledges:
                    self.cursor = one["seq"]
                    self.write_state()
            if self.acknowledges:
                self.write(frame(DELIVERED, struct.pack(">Q", self.cursor)))
        elif one["type"] == ACK:
            self.settle(one["id"])
        elif one["type"] == NACK:
            message = self.settle(one["id"])
            if one["code"] == STALE_ID and message is not None and self.recalls:
                self.used = max(self.used, int(one["reason"]))
                self.renumbered[one["id"]] = self.send(message[1], message[2], message[3])

    def settle(self, number):
        for message in self.unanswered:
            if message[0] == number:
                self.unanswered.remove(message)
                self.write_state()
                return message
        return None

    # What the user does.

    def send(self, to, text, receipts, number=None):
        if number is None:
            if self.used >= MAX_ID:
                raise OverflowError("no id is left for this device")
            number = self.used + 1
        self.used = max(self.used, number)
        self.unanswered.append([number, to, text, receipts])
        self.write_state()
        if self.socket is not None and self.socket.close_code is None and self.welcome is not None:
            self.write_send(self.unanswered[-1])
        return number

    def write_send(self, message):
        number, to, text, receipts = message
        self.write(frame(SEND, struct.pack(">QB", number, 1 if receipts else 0) + str8(to) + text.encode()))


def obey(clients, order):
    do = order["do"]
    if do == "client":
        clients[order["name"]] = Client(order)
        return {}
    if do == "bearer":
        token, secret = issue(from_base64url(order["key"]), order["user"], order["device"])
        return {"bearer": bearer(token, secret)}
    client = clients[order["name"]]
    if do == "connect":
        return client.connect(order["host"], order["port"], order.get("cursor"))
    if do == "send":
        return {"id": client.send(order["to"], order["text"], order.get("receipts", False), order.get("id"))}
    if do == "read":
        client.write(frame(READ, struct.pack(">Q", client.of(DELIVER)[-1]["seq"])))
    elif do == "delivered":
        client.write(frame(DELIVERED, struct.pack(">Q", order["seq"])))
    elif do == "watch":
        client.write(frame(WATCH, str8(order["user"])))
    elif do == "ping":
        client.write(frame(PING, struct.pack(">I", order["nonce"])))
    elif do == "write":
        client.write(bytes.fromhex(order["hex"]))
    elif do == "bye":
        client.write(frame(BYE))
        client.until(lambda: False)
        return {"code": client.socket.close_code}
    elif do == "cut":
        client.socket.socket.close()
        client.socket = None
    elif do == "forget":
        # The file is gone, as after a reinstallation.
        os.remove(client.file)
        client.read_state()
    elif do == "closed":
        client.until(lambda: False)
        return {"code": client.socket.close_code, "errors": client.of(ERROR)}
    elif do == "until":
        held = client.until(lambda: len(client.of(order["type"])) >= order["count"])
        return {"held": held, "frames": client.of(order["type"])}
    elif do == "answered":
        client.until(lambda: not client.unanswered)
    elif do == "received":
        client.until(lambda: len(client.received) >= order["count"])
    elif do == "pinged":
        client.until(lambda: client.socket.pings >= order["count"])
    elif do != "look":
        raise ValueError(f"what is {do}?")
    return {
        "received": client.received, "cursor": client.cursor, "used": client.used, "unanswered": client.unanswered,
        "renumbered": client.renumbered, "moves": client.moves, "acks": [one["id"] for one in client.of(ACK)],
        "nacks": [[one["id"], one["code"]] for one in client.of(NACK)],
    }


def plain(value):
    return value.hex() if isinstance(value, bytes) else str(value)


def main():
    clients = {}
    for line in sys.stdin:
        try:
            answer = obey(clients, json.loads(line))
        except Exception as error:  # Whatever it is, whoever gave the order is told.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer, default=plain), flush=True)


if __name__ == "__main__":
    main()
