/*
 * What the shim's files share: the memory that the driver sees, open files, the time that a bus takes.
 * Read by shim.c, i2c_bus.c and spi_bus.c; the driver's side of the two structs is bench.py.
 */
#ifndef PEDAL_LAB_SHIM_H
#define PEDAL_LAB_SHIM_H

#include <stdatomic.h>
#include <stdint.h>

#define STATE_MAGIC 0x31626c70u /* "plb1"; bench.py writes it */
#define ADC_CHANNELS 8
#define MAX_FDS 4096

struct state { /* mapped; written by the driver unless it says otherwise */
    uint32_t magic;
    uint32_t i2c_hz;                          /* clock of the bus */
    uint32_t address;                         /* of the display */
    _Atomic uint32_t is_deaf;                 /* 1: the display acknowledges nothing; also set by deaf_at_byte */
    _Atomic uint32_t deaf_at_byte;            /* 0, or: deaf from that byte (from 1) of the next transfer so long */
    _Atomic uint16_t adc[ADC_CHANNELS];       /* what stands at the converter's inputs, 0 to 1023 */
    _Atomic uint32_t adc_reads[ADC_CHANNELS]; /* conversions, counted by the shim */
};

struct record { /* in the log, before its bytes */
    uint64_t at_ns; /* CLOCK_MONOTONIC, when the last byte was through */
    uint32_t kind;
    uint32_t length;
};

/* Kinds of records; the driver adds some of its own. Refused: nobody acknowledged. */
enum { WRITTEN = 1, REFUSED = 2 };

/* What an open file knows of itself, by descriptor. */
struct file {
    _Atomic uint8_t kind;
    _Atomic uint16_t address;  /* I2C_SLAVE */
    _Atomic uint32_t speed_hz; /* SPI_IOC_WR_MAX_SPEED_HZ */
};

extern struct state *state;
extern int log_fd;

uint64_t now_ns(void);

/* Sleeps until the clock of a bus has ticked so often. */
void carry(uint64_t ticks, uint32_t clock_hz);

/* As ioctl(2): the result, or -1 and errno. */
int i2c_ioctl(struct file *file, unsigned long request, void *argument);
int spi_ioctl(struct file *file, unsigned long request, void *argument);

#endif
