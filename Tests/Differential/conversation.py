"""Random conversations of two sides, each known by a seed and a number, and what each side must see of them."""

import random

KINDS = ("text", "binary")
WINDOWS = (8, 9, 10, 11, 12, 13, 14, 15)
# Around every boundary of the length forms, and of our own pieces and buffers.
EDGES = (0, 1, 2, 124, 125, 126, 127, 128, 1023, 1024, 4095, 4096, 16383, 16384, 65534, 65535, 65536, 65537)
# Those that an endpoint may send (RFC 6455 section 7.4); None is a Close without a code. Python's websockets and node-ws know 1012 to 1014.
CLOSE_CODES = (None, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999)
WORDS = "the a und être Ωμέγα данные 数据 データ 🙂 {\"id\": , \"value\": true}, \n \t x0 12345 aaaa -------- \u0000 \u007f \ufeff \uffff \U0010ffff".split(" ")


class Limits:
    """What an implementation cannot do although RFC 7692 has it, each with its reason where it is set."""

    def __init__(self, smallest_own_window=8):
        self.smallest_own_window = smallest_own_window


class Conversation:
    """Who begins, what both want, and the turns: which side says what, until one closes.

    `client` and `server` are settings as the sides take them. `turns` is a list of (side, steps); what a turn's side has
    sent is delivered when the turn is over. Two turns that `cross` are both sent before either is delivered.
    """

    def __init__(self, seed, number, limits):
        """`limits` are those of whom our codec talks to."""
        self.random = dice = random.Random(f"{seed}:{number}")
        self.ours = dice.choice(("client", "server"))
        self.limits = limits
        deflate = dice.random() < 0.85
        client = self.preferences(None) if deflate else None
        server = self.preferences(client) if deflate else None
        if deflate and self.ours == "server":
            # Asked for a smaller window than it has, a client that is strict fails.
            server["clientMaxWindowBits"] = max(server["clientMaxWindowBits"], limits.smallest_own_window)
        self.settings = {
            "client": self.side_settings("client", client), "server": self.side_settings("server", server)}
        self.turns = []
        self.unfinished = {"client": False, "server": False}
        # What is left of each side's unfinished message.
        self.rest = {}
        for _ in range(dice.choice((1, 2, 2, 3, 4, 6))):
            side = dice.choice(("client", "server"))
            self.turns.append((side, self.steps(side)))
        for side in self.unfinished:
            if self.unfinished[side]:
                self.turns.append((side, [self.fragment(side, is_last=True)]))
        self.closers = dice.choice((["client"], ["server"])) if dice.random() < 0.9 else ["client", "server"]
        self.closes = {side: self.close() for side in self.closers}

    def preferences(self, clients):
        """What a side wants. A server wants no larger windows than its client, as node-ws would answer them all the same."""
        dice = self.random
        most_server = clients["serverMaxWindowBits"] if clients else 15
        most_client = clients["clientMaxWindowBits"] if clients else 15
        asks = dice.random
        return {
            "serverNoContextTakeover": asks() < 0.3,
            "clientNoContextTakeover": asks() < 0.3,
            "serverMaxWindowBits": dice.choice([bits for bits in WINDOWS if bits <= most_server]) if asks() < 0.6 else 15,
            "clientMaxWindowBits": dice.choice([bits for bits in WINDOWS if bits <= most_client]) if asks() < 0.6 else 15,
            "level": dice.choice((0, 1, 3, 6, 6, 6, 9)),
            "memoryLevel": dice.randint(1, 9),
        }

    def side_settings(self, role, deflate):
        dice = self.random
        return {
            "role": role, "deflate": deflate, "receivesParts": dice.random() < 0.5, "seed": dice.getrandbits(63)}

    def steps(self, side):
        """Frames of one turn; a message may stay unfinished at its end."""
        steps = []
        for _ in range(self.random.choice((1, 1, 2, 3, 5))):
            if self.random.random() < 0.25:
                steps.append(self.control())
            elif self.unfinished[side]:
                steps.append(self.fragment(side, is_last=self.random.random() < 0.6))
            else:
                steps.append(self.message(side))
        return steps

    def control(self):
        size = self.random.choice((0, 1, 4, 20, 124, 125))
        return step(self.random.choice(("ping", "ping", "pong")), self.random.randbytes(size))

    def message(self, side):
        """A message, or its first fragment."""
        dice = self.random
        kind = dice.choice(KINDS)
        payload = self.payload(kind)
        compress = dice.random() < 0.8
        is_whole = dice.random() < 0.6
        if is_whole:
            frames = dice.choice((1, 1, 2, 3, 7))
            return step(kind, payload, compress=compress, frames=frames)
        # Cut anywhere, in the middle of a character too.
        cut = dice.randint(0, len(payload))
        self.unfinished[side] = True
        self.rest[side] = payload[cut:]
        return step(kind, payload[:cut], compress=compress, fin=False, flush=dice.random() < 0.5)

    def fragment(self, side, is_last):
        """The next fragment of the message in progress."""
        rest = self.rest[side]
        if not is_last:
            cut = self.random.randint(0, len(rest))
            self.rest[side] = rest[cut:]
            return step("continuation", rest[:cut], fin=False, flush=self.random.random() < 0.5)
        self.unfinished[side] = False
        return step("continuation", rest)

    def payload(self, kind):
        dice = self.random
        kinds_of_size = dice.random()
        if kinds_of_size < 0.3:
            size = dice.choice(EDGES)
        elif kinds_of_size < 0.9:
            size = int(2 ** dice.uniform(0, 12))
        else:
            size = int(2 ** dice.uniform(12, 17))
        if kind == "binary":
            return self.binary(size)
        words = dice.choices(WORDS, k=dice.choice((1, 3, 20)))
        text = (" ".join(words) * (size // 8 + 1)).encode()[:size]
        # A character cut at the end would be no text.
        return text.decode(errors="ignore").encode()

    def binary(self, size):
        """Noise, one octet again and again, or noise that comes again at a distance that some windows do not reach."""
        dice = self.random
        shape = dice.random()
        if shape < 0.4:
            return dice.randbytes(size)
        if shape < 0.6:
            return bytes([dice.getrandbits(8)]) * size
        period = dice.randbytes(dice.choice((3, 200, 250, 256, 258, 262, 500, 512, 1000, 4096, 20000, 32768)))
        return (period * (size // len(period) + 1))[:size]

    def close(self):
        code = self.random.choice(CLOSE_CODES)
        reason = self.random.choice(("", "", "done", "é" * 61, "x" * 123)) if code else ""
        return step("close", reason.encode(), code=code)

    def pieces(self, octets):
        """Cuts what goes over the wire: whole, octet by octet if it is short, or anywhere."""
        dice = self.random
        how = dice.random()
        if how < 0.2 or not octets:
            return [octets] if octets else []
        if how < 0.4 and len(octets) < 600:
            return [octets[index:index + 1] for index in range(len(octets))]
        cuts = sorted({0, len(octets), *(dice.randint(0, len(octets)) for _ in range(dice.randint(1, 12)))})
        return [octets[start:end] for start, end in zip(cuts, cuts[1:])]


def step(kind, octets, fin=True, compress=False, flush=False, frames=1, code=None):
    return {
        "kind": kind, "octets": octets, "fin": fin, "compress": compress, "flush": flush, "frames": frames, "code": code}


class Expectation:
    """What one side must see of what the other has sent, in order; fed with the other side's steps."""

    def __init__(self):
        self.events = []
        self.message = None

    def sent(self, steps):
        for sent in steps:
            kind, octets = sent["kind"], sent["octets"]
            if kind in KINDS:
                self.message = (kind, octets)
            elif kind == "continuation":
                self.message = (self.message[0], self.message[1] + octets)
            elif kind == "close":
                self.events.append((kind, octets, 1005 if sent["code"] is None else sent["code"]))
            else:
                self.events.append((kind, octets, None))
            if self.message and sent["fin"] and kind in (*KINDS, "continuation"):
                self.events.append((*self.message, None))
                self.message = None

    def take(self):
        events, self.events = self.events, []
        return events
