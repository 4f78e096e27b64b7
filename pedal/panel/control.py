"""The control socket: commands ask, the panel's loop answers, and nobody who asks can hold the pedal up.

Opened by the panel (pedal-panel). One daemon thread does all the waiting: it takes requests apart, puts each as
an ``Ask`` into the queue that the panel's loop reads (the same that its footswitches use), and sends the answers.
What a client has subscribed to it is sent as it happens, or as fast as it reads.
Everything a client can make grow has a bound; who passes it is cut off.
"""

from __future__ import annotations

import contextlib
import queue
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from pedal.errors import ControlError
from pedal.panel import protocol
from pedal.panel.control_client import ASKS_MAX as ASKS_MAX
from pedal.panel.control_client import Ask as Ask
from pedal.panel.control_client import Client
from pedal.panel.feed_requests import Subscribe, Topic
from pedal.panel.socket_file import SocketFile
from pedal.panel.subscription import Subscription

#: In the runtime directory.
SOCKET_NAME = "control.sock"

CLIENTS_MAX = 16
#: A line that was begun must end.
LINE_TIMEOUT_S = 5.0
_CHUNK_BYTES = 16 * 1024
#: What the kernel keeps for a subscriber: beyond it he is slow, and gets the newest instead of all that is old.
_NEWS_BUFFER_BYTES = 16 * 1024
#: News that the panel's loop has told and the thread has not taken yet.
_NEWS_MAX = 256


class ControlServer:
    """Listens at ``path`` from the moment it is made until ``close``.

    Args:
        path: of the socket; made with mode 0660. What a killed panel left there is removed.
        asks: where requests go.

    Attributes:
        wanted: topics that somebody has subscribed to, and the highest rate; replaced as a whole.

    Raises:
        ControlError: another panel is running there, or the place cannot be used.
    """

    def __init__(self, path: Path, asks: queue.SimpleQueue[Any]) -> None:
        self._asks = asks
        self._socket_file = SocketFile(path)
        self._listener = self._socket_file.listener
        self.wanted: Mapping[Topic, float] = MappingProxyType({})
        self._news: deque[tuple[Topic, dict[str, Any]]] = deque(maxlen=_NEWS_MAX)
        self._answers: queue.SimpleQueue[tuple[Client, bytes]] = queue.SimpleQueue()
        self._clients: set[Client] = set()
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._thread.start()

    def publish(self, topic: Topic, data: dict[str, Any]) -> None:
        """Tell all who want to know; from any thread, at once. If too much waits, the oldest is dropped."""
        if topic in self.wanted:
            self._news.append((topic, data))
            self._wake()

    def close(self) -> None:
        """Stop listening, send what is already answered as far as it goes at once, remove the socket."""
        if self._stopping:
            return
        self._stopping = True
        self._wake()
        self._thread.join(timeout=2.0)
        self._socket_file.close()

    def __enter__(self) -> ControlServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wake(self) -> None:
        # full: the thread has not yet slept off the last wake-up; closed: it is gone
        with contextlib.suppress(OSError):
            self._waker.send(b".")

    def _run(self) -> None:
        while not self._stopping:
            for key, events in self._selector.select(timeout=1.0):
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._woken:
                    with contextlib.suppress(BlockingIOError):
                        self._woken.recv(4096)
                elif key.data in self._clients:
                    self._serve(key.data, events)
            self._take_answers()
            self._take_news()
            self._drop_unfinished_lines()
        self._take_answers()
        for client in list(self._clients):
            self._drop(client)
        self._woken.close()
        self._waker.close()
        self._selector.close()

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:
            # out of descriptors, most likely: make room, and never spin
            self._drop_longest_idle()
            time.sleep(0.05)
            return
        if len(self._clients) >= CLIENTS_MAX:
            self._drop_longest_idle()
        sock.setblocking(False)
        client = Client(sock, time.monotonic())
        self._clients.add(client)
        self._selector.register(sock, client.interest, client)

    def _serve(self, client: Client, events: int) -> None:
        if events & selectors.EVENT_READ and not self._receive(client):
            return
        self._flush(client)

    def _receive(self, client: Client) -> bool:
        try:
            chunk = client.sock.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            self._drop(client)
            return False
        client.active_s = time.monotonic()
        client.ended = not chunk
        if not client.incoming:
            client.line_since_s = client.active_s
        client.incoming += chunk
        self._take_lines(client)
        return client in self._clients

    def _take_lines(self, client: Client) -> None:
        while client in self._clients and client.asks < ASKS_MAX:
            end = client.incoming.find(b"\n")
            if end < 0:
                if len(client.incoming) > protocol.REQUEST_CAP_BYTES:
                    self._drop(client)
                return
            line = bytes(client.incoming[:end])
            del client.incoming[: end + 1]
            client.line_since_s = time.monotonic()
            if line.strip():
                self._take_request(client, line)

    def _take_request(self, client: Client, line: bytes) -> None:
        try:
            request = protocol.parse_request(line)
        except ControlError as error:
            self._queue_reply(client, protocol.format_refusal(protocol.request_id(line), str(error)))
            return
        if isinstance(request, Subscribe):
            self._subscribe(client, request)
            return
        client.asks += 1
        self._asks.put(Ask(request, lambda reply: self._send_later(client, reply)))

    def _subscribe(self, client: Client, request: Subscribe) -> None:
        client.subscription = Subscription(request.topics, request.rate_hz) if request.topics else None
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _NEWS_BUFFER_BYTES)
        self._look_who_wants()  # before the answer: whatever happens after it is told
        topics = client.subscription.topics if client.subscription else ()
        about = {"topics": list(topics), "rate_hz": request.rate_hz}
        self._queue_reply(client, protocol.format_result(request.id, about))

    def _look_who_wants(self) -> None:
        wanted: dict[Topic, float] = {}
        for subscription in (client.subscription for client in self._clients):
            for topic in subscription.topics if subscription else ():
                wanted[topic] = max(wanted.get(topic, 0.0), subscription.rate_hz if subscription else 0.0)
        self.wanted = MappingProxyType(wanted)

    def _take_news(self) -> None:
        now_s = time.monotonic()
        while self._news:
            topic, data = self._news.popleft()
            encoded = msgspec.Raw(msgspec.json.encode(data))
            for client in self._clients:
                if client.subscription is not None:
                    client.subscription.offer(topic, encoded, now_s)
        for client in list(self._clients):
            if client.subscription is not None and not client.outgoing:
                self._flush(client)

    def _send_later(self, client: Client, reply: bytes) -> None:
        self._answers.put((client, reply))
        self._wake()

    def _take_answers(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                client, reply = self._answers.get_nowait()
                if client not in self._clients:
                    continue
                client.asks -= 1
                self._queue_reply(client, reply)
                self._take_lines(client)
                self._flush(client)

    def _queue_reply(self, client: Client, reply: bytes) -> None:
        client.outgoing += reply
        if len(client.outgoing) > protocol.REPLY_CAP_BYTES:
            self._drop(client)

    def _flush(self, client: Client) -> None:
        if client not in self._clients:
            return
        try:
            while client.outgoing or (not client.ended and client.add_news()):
                del client.outgoing[: client.sock.send(client.outgoing)]
                client.active_s = time.monotonic()
        except BlockingIOError:
            pass
        except OSError:
            self._drop(client)
            return
        if client.finished:
            self._drop(client)
        else:
            self._watch(client)

    def _watch(self, client: Client) -> None:
        """Tell the selector what this client is waited for; it knows no "for nothing"."""
        watched = self._selector.get_map().get(client.sock)
        if watched is None and client.interest:
            self._selector.register(client.sock, client.interest, client)
        elif watched is not None and not client.interest:
            self._selector.unregister(client.sock)
        elif watched is not None and watched.events != client.interest:
            self._selector.modify(client.sock, client.interest, client)

    def _drop_unfinished_lines(self) -> None:
        now_s = time.monotonic()
        for client in list(self._clients):
            unfinished = client.incoming and client.asks < ASKS_MAX
            if unfinished and now_s - client.line_since_s > LINE_TIMEOUT_S:
                self._drop(client)

    def _drop_longest_idle(self) -> None:
        if self._clients:
            self._drop(min(self._clients, key=lambda client: client.active_s))

    def _drop(self, client: Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
            if client.sock in self._selector.get_map():
                self._selector.unregister(client.sock)
            client.sock.close()
            if client.subscription is not None:
                self._look_who_wants()
