# Opens the pedal's editor when the user "pedal" logs in over SSH (docs/editor.md). Installed by systemd/install.sh as
# /etc/profile.d/pedal-editor.sh, and read by every login shell; whatever goes wrong here, there must be a shell.
#
# Ways around it: a command (ssh pedal@pedal.local pedal status; for a shell: ssh -t pedal@pedal.local bash), or for
# good a file ~/.no-editor. Leaving the editor (q) gives the shell, too.
case $- in
    *i*)
        pedal_bin=${PEDAL_BIN:-/opt/pedal/.venv/bin}
        if [ "$(id -un)" = pedal ] && [ -n "${SSH_TTY-}" ] && [ -t 0 ] && [ -t 1 ] && [ "${TERM:-dumb}" != dumb ] &&
            [ -z "${PEDAL_EDITOR_WAS_OPEN-}" ] && [ ! -e "$HOME/.no-editor" ] && [ -x "$pedal_bin/pedal-editor" ]; then
            export PEDAL_EDITOR_WAS_OPEN=1 # shells in this one (tmux, su) are not asked again
            export PATH="$PATH:$pedal_bin"
            "$pedal_bin/pedal-editor" || echo "The editor ended. Start it again with: pedal edit"
        fi
        unset pedal_bin
        ;;
esac
