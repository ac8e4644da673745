#!/usr/bin/env python3
"""Drives a node with lavalink.py, a client library that this project did not write.

usage: lavalink_py.py PORT PASSWORD

Connects, loads, plays, seeks, pauses, filters, loses its socket and resumes; prints one line for
each thing that was as it should be, and exits with 1 at the first that was not.
"""
import asyncio
import sys

import lavalink
from lavalink.filters import Timescale

USER = 170939974227591168
GUILD = 817327181659110001
LIMIT = 40  # seconds for everything


class Judge:
    """Waits for events of the library, and says what was checked."""

    def __init__(self, client):
        self.events = asyncio.Queue()
        client.add_event_hook(self.note)

    async def note(self, event):
        await self.events.put(event)

    async def wait(self, kind):
        while True:
            event = await asyncio.wait_for(self.events.get(), 10)
            if isinstance(event, kind):
                return event

    @staticmethod
    def check(title, holds):
        if not holds:
            raise AssertionError(title)
        print("ok:", title, flush=True)


async def load(client, node, judge):
    judge.check("version", (await node.get_version()) == "4.2.2")
    info = await node.get_info()
    judge.check("info", "local" in info["sourceManagers"])
    single = await client.get_tracks("tone-60s", node=node)
    judge.check("one track", single.load_type == lavalink.LoadType.TRACK)
    judge.check("length", single.tracks[0].duration == 60_000)
    search = await client.get_tracks("ytsearch:a + b", node=node)
    judge.check("a search", search.load_type == lavalink.LoadType.SEARCH)
    judge.check("its tracks", len(search.tracks) == 5)
    playlist = await client.get_tracks("playlist:7", node=node)
    judge.check("a playlist", len(playlist.tracks) == 7 and playlist.playlist_info.name != "")
    nothing = await client.get_tracks("no such thing", node=node)
    judge.check("nothing", nothing.load_type == lavalink.LoadType.EMPTY)
    failure = await client.get_tracks("error:why", node=node)
    judge.check("a failure", failure.load_type == lavalink.LoadType.ERROR)
    decoded = await client.decode_track(single.tracks[0].track, node=node)
    judge.check("decoding by the node", decoded.title == single.tracks[0].title)
    local = lavalink.decode_track(single.tracks[0].track)
    judge.check("decoding by the library", local.identifier == "tone-60s")
    return single.tracks[0]


async def play(client, node, judge, track):
    player = client.player_manager.create(GUILD)
    voice = {"guild_id": str(GUILD), "user_id": str(USER), "channel_id": "9", "session_id": "v"}
    await client.voice_update_handler({"t": "VOICE_STATE_UPDATE", "d": voice})
    server = {"guild_id": str(GUILD), "endpoint": "voice.example", "token": "t"}
    await client.voice_update_handler({"t": "VOICE_SERVER_UPDATE", "d": server})
    judge.check("voice", (await node.get_player(GUILD))["state"]["connected"])

    await player.play(track)
    await judge.wait(lavalink.TrackStartEvent)
    judge.check("start of a track", player.is_playing)
    await player.seek(30_000)
    update = await judge.wait(lavalink.PlayerUpdateEvent)
    while update.position < 30_000:
        update = await judge.wait(lavalink.PlayerUpdateEvent)
    judge.check("seek", 30_000 <= update.position < 35_000)
    await player.set_volume(50)
    await player.set_filter(Timescale(speed=1.5))
    await player.set_pause(True)
    there = await node.get_player(GUILD)
    judge.check("volume and pause", there["volume"] == 50 and there["paused"])
    judge.check("filters", there["filters"]["timescale"]["speed"] == 1.5)
    await player.set_pause(False)


def connect(port, password, session=None):
    client = lavalink.Client(USER)
    judge = Judge(client)
    node = client.add_node(
        "127.0.0.1", port, password, "test", name="simulated", session_id=session
    )
    return client, node, judge


async def resume(client, node, judge, port, password):
    """What a bot does that was started again: the library sends the id of its old session."""
    settings = await node.update_session(resuming=True, timeout=60)
    judge.check("session settings", settings == {"resuming": True, "timeout": 60})
    session = node.session_id
    await client.close()
    client, node, judge = connect(port, password, session)
    ready = await judge.wait(lavalink.NodeReadyEvent)
    judge.check("resume", ready.resumed and ready.session_id == session)
    players = await node.get_players()
    judge.check("the player is there", [player["guildId"] for player in players] == [str(GUILD)])
    judge.check("and plays", players[0]["track"]["info"]["identifier"] == "tone-60s")
    judge.check("with sound", players[0]["state"]["connected"])
    return client, node, judge


async def finish(client, node, judge, player):
    short = (await client.get_tracks("tone-700ms", node=node)).tracks[0]
    await player.play(short)
    end = await judge.wait(lavalink.TrackEndEvent)
    if end.reason == lavalink.EndReason.REPLACED:  # what played before the resume
        end = await judge.wait(lavalink.TrackEndEvent)
    judge.check("natural end", end.reason == lavalink.EndReason.FINISHED)
    judge.check("of the right track", end.track.identifier == "tone-700ms")
    broken = (await client.get_tracks("fail-10s", node=node)).tracks[0]
    await player.play(broken)
    failure = await judge.wait(lavalink.TrackExceptionEvent)
    judge.check("a failure of a track", failure.severity == lavalink.Severity.FAULT)
    end = await judge.wait(lavalink.TrackEndEvent)
    judge.check("its end", end.reason == lavalink.EndReason.LOAD_FAILED)
    await client.player_manager.destroy(GUILD)
    judge.check("destroyed", (await node.get_players()) == [])


async def run(port, password):
    client, node, judge = connect(port, password)
    try:
        ready = await judge.wait(lavalink.NodeReadyEvent)
        judge.check("ready", not ready.resumed and len(ready.session_id) == 16)
        track = await load(client, node, judge)
        await play(client, node, judge, track)
        client, node, judge = await resume(client, node, judge, port, password)
        await finish(client, node, judge, client.player_manager.create(GUILD))
    finally:
        await client.close()
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(run(int(sys.argv[1]), sys.argv[2]), LIMIT))
