"""The shim under real libraries: what luma, smbus2, gpiozero and lgpio do in a process that has it loaded."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pedal.panel.display.pages import PanelView, draw_page, message_page
from tests.lab.hardware.bench import I2C, Bench
from tests.lab.hardware.build import build_shim
from tests.lab.hardware.screen import Screen

ROOT = Path(__file__).resolve().parents[3]
VIEWS = [
    PanelView("Crunch", 1, 4, "Starter crunch", "Full", load_norm=0.46, in_peak_db=-17.0, out_peak_db=-11.0),
    PanelView("Crunch", 1, 4, "Starter crunch", "Lite", held_down=True, load_norm=0.61, in_peak_db=-14.0),
    PanelView(
        "Crunch", 1, 4, "Starter crunch", "Lite", bypassed=True, message="A long sentence, too long for the foot"
    ),
]


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shim(tmp_path_factory.mktemp("shim") / "shim.so")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "bench")
    yield made
    made.close(remove=True)


def run(bench: Bench, shim: Path, script: str, *arguments: str) -> Any:
    """What ``script`` prints as JSON, run with the shim."""
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **bench.environment(shim)}
    done = subprocess.run(command, env=environment, cwd=bench.folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Panel:
    """The panel's own display code in a process of its own, shown pages by us."""

    SCRIPT = """
        import json, sys
        from PIL import Image
        from pedal.config import DisplaySettings
        import pedal.panel.display.oled as oled

        driver, rotate, retry_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
        settings = DisplaySettings(driver=driver, rotate=rotate)
        display = oled.Display(lambda: oled._open_oled(settings), retry_s=retry_s, renew_s=0.5)
        for line in sys.stdin:
            display.show(Image.open(line.strip()))
        display.close()
        print(json.dumps(display.trouble))
    """

    def __init__(self, bench: Bench, shim: Path, driver: str, rotate: int = 0) -> None:
        self.screen = Screen(driver)
        self.pages = 0
        self._bench = bench
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **bench.environment(shim)}
        command = [sys.executable, "-c", textwrap.dedent(self.SCRIPT), driver, str(rotate), "0.05"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def show(self, page: Image.Image) -> None:
        self.pages += 1
        path = self._bench.folder / f"page-{self.pages}.png"
        page.save(path)
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()

    def until(self, seen: Callable[[], bool]) -> None:
        """Wait for something on the glass, or on the bus."""
        for _ in range(6000):
            self.screen.feed(self._bench.new_transfers())
            if seen():
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        self._process.kill()
        pytest.fail(f"waited for nothing; {self._process.communicate()[1]}")

    def until_shown(self, page: Image.Image) -> None:
        self.until(lambda: self.screen.now().is_lit and not self.screen.now().differs(page))

    def close(self) -> str:
        """What trouble the display had in the end."""
        out, errors = self._process.communicate(timeout=60)
        assert self._process.returncode == 0, errors
        self.screen.feed(self._bench.new_transfers())
        return str(json.loads(out))


@pytest.mark.parametrize("driver", ["ssd1306", "sh1106"])
@pytest.mark.parametrize("rotate", [0, 2])
def test_the_glass_shows_the_panels_pages_pixel_for_pixel(bench: Bench, shim: Path, driver: str, rotate: int) -> None:
    panel = Panel(bench, shim, driver, rotate)
    for page in [message_page("Starting", "Getting ready"), *map(draw_page, VIEWS)]:
        panel.show(page)
        panel.until_shown(page.transpose(Image.Transpose.ROTATE_180) if rotate else page)
    assert panel.close() == ""
    assert not panel.screen.now().is_lit  # switched off when the panel closed it
    assert not panel.screen.refusals


def test_a_page_costs_the_time_of_its_bytes(bench: Bench, shim: Path) -> None:
    panel = Panel(bench, shim, "ssd1306")
    panel.show(draw_page(VIEWS[0]))
    panel.close()
    bench.rewind()
    transfers = [transfer for transfer in bench.new_transfers() if transfer.kind == "written"]
    rows = [i for i, transfer in enumerate(transfers) if transfer.octets[:1] == b"\x40"]
    assert rows
    for i in rows:  # nine clocks a byte at 400 kHz; a loaded machine may take longer, never less
        took_ns = transfers[i].at_ns - transfers[i - 1].at_ns
        assert took_ns >= (9 * (1 + len(transfers[i].octets)) + 2) * 2500


def test_a_wrong_address_is_the_error_of_a_real_bus(bench: Bench, shim: Path) -> None:
    script = """
        import json
        from pedal.config import DisplaySettings
        from pedal.errors import BoardError
        from pedal.panel.display.oled import open_display
        try:
            open_display(DisplaySettings(driver="ssd1306", address=0x3D))
        except BoardError as error:
            print(json.dumps(str(error)))
    """
    said = run(bench, shim, script)
    assert "I2C device not found on address: 0x3D" in said
    assert "Check the wiring" in said
    assert [transfer.kind for transfer in bench.new_transfers()] == ["refused"]


def test_the_nodes_rights_and_absence_are_the_file_systems(bench: Bench, shim: Path) -> None:
    script = """
        import json, os
        errors = []
        for path in ("/dev/i2c-1", "/dev/i2c-7", "/dev/spidev0.0"):
            try:
                os.close(os.open(path, os.O_RDWR))
                errors.append("")
            except OSError as error:
                errors.append(type(error).__name__)
        print(json.dumps(errors))
    """
    assert run(bench, shim, script) == ["", "FileNotFoundError", ""]
    (bench.folder / I2C).unlink()
    assert run(bench, shim, script) == ["FileNotFoundError", "FileNotFoundError", ""]


def test_every_smbus_form_puts_its_bytes_on_the_bus(bench: Bench, shim: Path) -> None:
    script = """
        import json
        from smbus2 import SMBus, i2c_msg
        errors = []
        with SMBus(1) as bus:
            bus.write_quick(0x3C)
            bus.write_byte(0x3C, 0xE3)
            bus.write_byte_data(0x3C, 0x00, 0xE3)
            bus.write_word_data(0x3C, 0x00, 0x7F81)
            bus.write_i2c_block_data(0x3C, 0x40, [1, 2, 3])
            bus.write_block_data(0x3C, 0x40, [7, 8])
            bus.i2c_rdwr(i2c_msg.write(0x3C, [0x40, 9]), i2c_msg.write(0x3C, [0x00, 0xAF]))
            for forbidden in (
                lambda: bus.read_byte(0x3C),
                lambda: bus.i2c_rdwr(i2c_msg.read(0x3C, 1)),
                lambda: bus.write_byte(0x10, 0),
            ):
                try:
                    forbidden()
                except OSError as error:
                    errors.append(error.errno)
        print(json.dumps(errors))
    """
    assert run(bench, shim, script) == [errno.EOPNOTSUPP, errno.EOPNOTSUPP, errno.EREMOTEIO]
    written = [transfer.octets.hex(" ") for transfer in bench.new_transfers() if transfer.kind == "written"]
    assert written == ["", "e3", "00 e3", "00 81 7f", "40 01 02 03", "40 02 07 08", "40 09", "00 af"]


def test_a_display_is_lost_in_the_middle_of_a_page_and_comes_back(bench: Bench, shim: Path) -> None:
    first, second, third = map(draw_page, VIEWS)
    panel = Panel(bench, shim, "ssd1306")
    panel.show(first)
    panel.until_shown(first)
    bench.unplug_display(at_byte=100)  # inside the data of a row
    panel.show(second)
    panel.until(lambda: len(panel.screen.refusals) >= 3)  # asked again and again
    assert panel.screen.now().differs(second)
    bench.plug_display(bytes(range(256)) * 4)
    panel.until_shown(second)  # set up anew after the power-up, and all of it sent: no garbage
    panel.show(third)
    panel.until_shown(third)
    assert panel.close() == ""


@pytest.mark.parametrize("driver", ["ssd1306", "sh1106"])
def test_a_display_that_lost_its_power_unseen_shows_the_page_again(bench: Bench, shim: Path, driver: str) -> None:
    """A loose plug, between two pages: everything is acknowledged all the time."""
    page = draw_page(VIEWS[0])
    panel = Panel(bench, shim, driver)
    panel.show(page)
    panel.until_shown(page)
    bench.plug_display(bytes(range(256)) * 4)
    panel.until(lambda: not panel.screen.now().is_lit)

    def back() -> bool:
        panel.show(page)  # the same again, as the panel does ten times a second
        return panel.screen.now().is_lit and not panel.screen.now().differs(page)

    panel.until(back)
    assert panel.close() == ""
    assert not panel.screen.refusals


def test_the_converter_answers_gpiozero_to_the_last_bit(bench: Bench, shim: Path) -> None:
    """gpiozero's MCP3008 over lgpio's SPI, which opens its node in C. Only the reserving of pins is a mock's."""
    script = """
        import json, sys
        from pathlib import Path
        from gpiozero import MCP3008, Device
        from gpiozero.pins.lgpio import LGPIOHardwareSPI, LGPIOHardwareSPIShared
        from gpiozero.pins.mock import MockFactory

        class Pins(MockFactory):
            def _get_spi_class(self, shared, hardware):
                assert hardware
                return LGPIOHardwareSPIShared if shared else LGPIOHardwareSPI

        Device.pin_factory = Pins()
        knobs = [MCP3008(channel) for channel in range(8)]
        pair = MCP3008(3, differential=True)
        print(json.dumps([[knob.raw_value for knob in knobs], pair.raw_value]))
    """
    try:
        import lgpio  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("lgpio cannot be imported here")
    steps = [0, 1, 2, 511, 512, 682, 1022, 1023]
    for channel, step in enumerate(steps):
        bench.turn(channel, step / 1023)
    singles, pair = run(bench, shim, script)
    assert singles == steps
    assert pair == 511 - 2
    assert [bench.conversions(channel) for channel in range(8)] == [1, 1, 1, 2, 1, 1, 1, 1]


def test_the_panels_knobs_follow_the_hand(bench: Bench, shim: Path) -> None:
    script = """
        import json, queue, sys
        from gpiozero import Device
        from gpiozero.pins.lgpio import LGPIOHardwareSPI, LGPIOHardwareSPIShared
        from gpiozero.pins.mock import MockFactory
        from pedal.panel.controls.inputs_adc import open_knobs

        class Pins(MockFactory):
            def _get_spi_class(self, shared, hardware):
                return LGPIOHardwareSPIShared if shared else LGPIOHardwareSPI

        Device.pin_factory = Pins()
        turns = queue.SimpleQueue()
        knobs = open_knobs({"drive": 0, "bass": 5}, turns.put)
        first = {turn.knob: turn.value_norm for turn in (turns.get(timeout=30), turns.get(timeout=30))}
        print(json.dumps(first), flush=True)
        sys.stdin.readline()
        while (turn := turns.get(timeout=30)).value_norm != 1.0:
            assert turn.knob == "bass"
        knobs.close()
        print(json.dumps(turn.knob))
    """
    pytest.importorskip("lgpio")
    bench.turn(0, 0.25)
    bench.turn(5, 0.5)
    command = [sys.executable, "-c", textwrap.dedent(script)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **bench.environment(shim)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, cwd=bench.folder, stdin=pipe, stdout=pipe, text=True) as panel:
        assert panel.stdout is not None
        first = json.loads(panel.stdout.readline())
        assert first == {"drive": pytest.approx(0.25, abs=0.01), "bass": pytest.approx(0.5, abs=0.01)}
        bench.turn(5, 1.0)
        out, _ = panel.communicate("\n", timeout=60)
    assert json.loads(out) == "bass"


def test_threads_share_the_bus_and_nothing_is_torn(bench: Bench, shim: Path) -> None:
    script = """
        import json, threading
        from smbus2 import SMBus, i2c_msg

        def write(number):
            with SMBus(1) as bus:
                for i in range(40):
                    bus.i2c_rdwr(i2c_msg.write(0x3C, [0x40] + [number] * 20))

        threads = [threading.Thread(target=write, args=(n,)) for n in range(1, 9)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(json.dumps(None))
    """
    run(bench, shim, script)
    transfers = list(bench.new_transfers())
    assert len(transfers) == 320
    for transfer in transfers:
        assert len(transfer.octets) == 21
        assert len(set(transfer.octets[1:])) == 1
    times = np.array([transfer.at_ns for transfer in transfers])
    assert (np.diff(times) >= (9 * 22 + 2) * 2500).all()  # one after the other


def test_everything_else_passes_untouched(bench: Bench, shim: Path) -> None:
    script = """
        import array, fcntl, json, os, subprocess, sys, termios
        found = {}
        reader, writer = os.pipe()
        os.write(writer, b"12345")
        waiting = array.array("i", [0])
        fcntl.ioctl(reader, termios.FIONREAD, waiting)
        found["ioctl"] = waiting[0]
        try:
            fcntl.ioctl(reader, termios.TCGETS, bytes(64))
        except OSError as error:
            found["no tty"] = error.errno
        made = os.open("made", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        found["mode"] = oct(os.fstat(made).st_mode & 0o777)
        folder = os.open(".", os.O_RDONLY)
        found["openat"] = os.read(os.open("state", os.O_RDONLY, dir_fd=folder), 4).decode()
        # a number that was a bus and is now somebody else's file
        bus = os.open("/dev/i2c-1", os.O_RDWR)
        os.close(bus)
        os.dup2(reader, bus)
        fcntl.ioctl(bus, termios.FIONREAD, waiting)
        found["number again"] = waiting[0]
        found["child"] = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True).stdout.decode()
        print(json.dumps(found))
    """
    assert run(bench, shim, script) == {
        "ioctl": 5, "no tty": 25, "mode": "0o640", "openat": "plb1", "number again": 5, "child": "1\n",
    }  # fmt: skip


def test_without_a_folder_there_is_no_hardware(bench: Bench, shim: Path) -> None:
    environment = {**os.environ, "LD_PRELOAD": str(shim)}
    environment.pop("PEDAL_LAB_HARDWARE", None)
    script = "import os\ntry: os.open('/dev/i2c-1', os.O_RDWR)\nexcept OSError as e: print(e.errno)"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    if os.path.exists("/dev/i2c-1"):
        pytest.skip("this machine has a real bus")
    assert done.stdout.strip() == "2"
