#!/bin/sh
# Puts a guest's root together from layers, then becomes systemd. Started by the root's own first program, with the run's
# folder on /mnt/lab. Nothing is written to the host but in that folder; the rest of what is written lives in memory.
set -e
mkdir /mnt/upper /mnt/work /mnt/root
lower=
while read -r layer; do
    number=$((${number:-0} + 1))
    mkdir "/mnt/$number"
    mount -n -r -t hostfs -o "$layer" none "/mnt/$number"
    lower=$lower/mnt/$number:
done </mnt/lab/layers
mount -n -t overlay -o "lowerdir=$lower/,upperdir=/mnt/upper,workdir=/mnt/work" root /mnt/root
mount -n --move /mnt/lab /mnt/root/lab

# The player's partition, on a disk that can lose its power.
if [ -e /mnt/root/lab/data.img ]; then
    losetup /dev/loop0 /mnt/root/lab/data.img
    disk=/dev/loop0
    if [ -e /mnt/root/lab/writes.img ]; then
        losetup /dev/loop1 /mnt/root/lab/writes.img
        echo "0 $(blockdev --getsz /dev/loop0) log-writes /dev/loop0 /dev/loop1" | dmsetup create --noudevsync data
        disk=/dev/dm-0
    fi
    mount -n -t ext4 "$disk" /mnt/root/var/lib/pedal
fi
exec switch_root /mnt/root /sbin/init
