#!/usr/bin/env python3
"""A client of Lavadeck that uses only the standard library.

Without arguments it plays a tone on the demo (`make run`), in a guild that the demo does not use,
and prints the events until the track has ended.
"""

import json
import os
import time
import urllib.request


class Lavadeck:
    """Sends commands as requests and reads events from a stream."""

    def __init__(self, url, token=None):
        self.url = url.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method, path, body=None):
        """Sends one request; the answer is JSON, or None. Errors are urllib.error.HTTPError."""
        data = None if body is None else json.dumps(body).encode()
        headers = self.headers | ({"Content-Type": "application/json"} if data else {})
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def forward(self, name, data):
        """Forwards a VOICE_STATE_UPDATE or VOICE_SERVER_UPDATE as received from the gateway."""
        self.call("POST", "/v1/voice", {"t": name, "d": data})

    def events(self, query=""):
        """Yields events forever; reconnects without losing any after a failure."""
        last = None
        while True:
            headers = self.headers | ({"Last-Event-ID": last} if last else {})
            request = urllib.request.Request(f"{self.url}/v1/events{query}", headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=60) as stream:
                    for line in stream:
                        field, _, value = line.decode().rstrip("\n").partition(": ")
                        if field == "id":
                            last = value
                        elif field == "data":
                            yield json.loads(value)
            except OSError as error:
                print("event stream lost, reconnecting:", error)
            time.sleep(1)


def main():
    deck = Lavadeck(os.environ.get("LAVADECK", "http://127.0.0.1:8333"),
                    os.environ.get("LAVADECK_TOKEN"))
    bot = os.environ.get("BOT", "170939974227591168")
    guild = os.environ.get("GUILD", "817327181659111400")
    track = os.environ.get("IDENTIFIER", "tone-2s")

    events = deck.events(f"?guildId={guild}")
    next(events)  # the first event is a bookmark: the stream has started
    deck.call("PUT", f"/v1/players/{guild}", {"volume": 80})

    # A bot does this in its gateway's handler: with discord.py in a VoiceProtocol, whose
    # on_voice_state_update and on_voice_server_update get these very objects.
    deck.forward("VOICE_STATE_UPDATE", {"guild_id": guild, "channel_id": "817327181659111999",
                                        "user_id": bot, "session_id": "from-the-gateway"})
    deck.forward("VOICE_SERVER_UPDATE", {"guild_id": guild, "token": "from-the-gateway",
                                         "endpoint": "rotterdam1.discord.media:443"})

    deck.call("POST", f"/v1/players/{guild}/play", {"identifier": track})
    for event in events:
        print(event["type"], {key: event[key] for key in ("node", "reason") if key in event})
        if event["type"] == "trackEnd":
            break
    deck.call("DELETE", f"/v1/players/{guild}")


if __name__ == "__main__":
    main()
