"""Names for the words of ``layout``, for code outside kernels."""

from __future__ import annotations

from enum import IntEnum

from pedal import layout


class Word(IntEnum):
    """An index into the link's i64 view; see ``layout`` for who writes it and why."""

    STOP = layout.STOP
    AUDIO_PID = layout.AUDIO_PID
    AUDIO_BEAT_NS = layout.AUDIO_BEAT_NS
    PANEL_PID = layout.PANEL_PID
    PANEL_BEAT_NS = layout.PANEL_BEAT_NS
    CARD_STATE = layout.CARD_STATE
    GENERATION = layout.GENERATION
    RATE_HZ = layout.RATE_HZ
    PERIOD_FRAMES = layout.PERIOD_FRAMES
    PERIODS = layout.PERIODS
    SAMPLE_FORMAT = layout.SAMPLE_FORMAT
    CAPTURE_CHANNELS = layout.CAPTURE_CHANNELS
    CAPTURE_SELECT = layout.CAPTURE_SELECT
    PLAYBACK_CHANNELS = layout.PLAYBACK_CHANNELS
    VIRTUAL = layout.VIRTUAL
    CPU_SCALE_MILLI = layout.CPU_SCALE_MILLI
    WANTED_SLOT = layout.WANTED_SLOT
    PLAYING_SLOT = layout.PLAYING_SLOT
    FRAME = layout.FRAME
    PERIOD_COUNT = layout.PERIOD_COUNT
    XRUNS = layout.XRUNS
    OVERRUNS = layout.OVERRUNS
    WOKEN_LATE = layout.WOKEN_LATE
    GUARD_TRIPS = layout.GUARD_TRIPS
    COLD_CHANGES = layout.COLD_CHANGES
    WIDTH_CHANGES = layout.WIDTH_CHANGES
    INPUT_HEAD = layout.INPUT_HEAD
    EVENTS_HEAD = layout.EVENTS_HEAD
    BYPASSED = layout.BYPASSED
    CABS_OFF = layout.CABS_OFF
    INPUT_CHANNEL = layout.INPUT_CHANNEL
    SILENT = layout.SILENT
    MUTED = layout.MUTED
    CLIPPED_AT = layout.CLIPPED_AT
    UNDERSTUDY_ROUND = layout.UNDERSTUDY_ROUND
    SEATS_OVERTAKEN = layout.SEATS_OVERTAKEN
