#!/bin/sh
# Installs the pedal's services on this machine: as root, from a clone. "systemd/install.sh BOARD" the first time; again,
# without a board, after an update. The project is expected in /opt/pedal, set up there ("/opt/pedal/run setup").
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
program=/opt/pedal/.venv/bin/pedal
configuration=/etc/pedal/pedal.conf
chosen=/var/lib/pedal-board/board.toml

die() {
    printf '%s\n' "install.sh: $*" >&2
    exit 1
}

[ $# -le 1 ] || die "usage: systemd/install.sh [BOARD]"
[ "$(id -u)" -eq 0 ] || die "this needs root: sudo systemd/install.sh $*"
[ -x "$program" ] || die "there is no $program. Put a clone of the project into /opt/pedal and call: /opt/pedal/run setup"
if [ $# -eq 1 ]; then
    install -D -m 0644 /dev/null "$configuration"
    printf 'PEDAL_BOARD=%s\n' "$1" >"$configuration"
    # What was chosen at the pedal before would come first.
    [ ! -f "$chosen" ] || mv -f "$chosen" "$chosen.previous"
elif [ ! -f "$configuration" ]; then
    die "which board? systemd/install.sh BOARD, one of: $(cd "$here/../board" && echo *.toml | sed 's/\.toml//g')"
fi

# The services may not write there: bytecode that is missing now would be made anew at every start.
/opt/pedal/.venv/bin/python -m compileall -q /opt/pedal/pedal

install -D -m 0644 -t /etc/sysusers.d "$here/sysusers.d/pedal.conf"
install -D -m 0644 -t /etc/tmpfiles.d "$here/tmpfiles.d/pedal.conf"
install -D -m 0644 -t /etc/modules-load.d "$here/modules-load.d/pedal.conf"
install -D -m 0644 -t /etc/udev/rules.d "$here"/udev/*.rules
install -D -m 0644 -t /etc/systemd/system "$here"/*.service
install -D -m 0644 -t /etc/profile.d "$here/profile.d/pedal-editor.sh"

# For whoever comes over SSH: the command, its manual page, and what bash may complete.
install -D -m 0644 -t /usr/local/share/man/man1 "$here/../docs/pedal.1"
install -D -m 0644 /dev/null /etc/bash_completion.d/pedal
"$program" completion bash >/etc/bash_completion.d/pedal

systemd-sysusers pedal.conf
systemd-tmpfiles --create pedal.conf
modprobe --quiet i2c-dev 2>/dev/null || true # no I2C here: a board without a display on it
udevadm control --reload
udevadm trigger --subsystem-match=gpio --subsystem-match=i2c-dev --subsystem-match=spidev
systemctl daemon-reload
systemctl enable pedal-audio.service pedal-panel.service pedal-inbox.service
systemctl restart pedal-audio.service pedal-panel.service pedal-inbox.service
