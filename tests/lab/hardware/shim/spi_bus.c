/*
 * The SPI bus with an MCP3008 on it: what spidev's ioctls do. Called by shim.c.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <linux/spi/spidev.h>
#include <pthread.h>
#include <string.h>

/* What is longer is no conversation with the converter. */
#define MAX_BYTES 64
#define MAX_PARTS 16

/* The bus carries one message at a time, and sleeps while it does. */
static pthread_mutex_t bus = PTHREAD_MUTEX_INITIALIZER;

static int bit_of(const uint8_t *octets, uint32_t bit) { return octets[bit / 8] >> (7 - bit % 8) & 1; }

/*
 * An MCP3008 from chip select to chip select: waits for the start bit, takes single/differential and three bits of
 * channel, samples for one and a half clocks, answers a zero and ten bits, most significant first, and then the same
 * bits upwards again.
 */
static void convert(const uint8_t *tx, uint8_t *rx, uint32_t length) {
    uint32_t bits = 8 * length, start = 0;
    memset(rx, 0, length);
    while (start < bits && !bit_of(tx, start)) start++;
    if (start + 5 > bits) return;
    int is_single = bit_of(tx, start + 1);
    int channel = bit_of(tx, start + 2) << 2 | bit_of(tx, start + 3) << 1 | bit_of(tx, start + 4);
    int value = state->adc[channel];
    if (!is_single) value -= state->adc[channel ^ 1];
    value = value < 0 ? 0 : value > 1023 ? 1023 : value;
    state->adc_reads[channel]++;
    for (uint32_t i = 0; i < 19 && start + 7 + i < bits; i++) {
        int weight = i < 10 ? 9 - (int)i : (int)i - 9;
        uint32_t bit = start + 7 + i;
        if (value >> weight & 1) rx[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
    }
}

/* One message: its transfers are one conversation, unless chip select is let go of between them. */
static int spi_message(const struct spi_ioc_transfer *parts, uint32_t count, uint32_t speed_hz) {
    uint8_t tx[MAX_BYTES] = {0}, rx[MAX_BYTES];
    uint32_t total = 0, begun = 0, ends[MAX_PARTS];
    if (count == 0 || count > MAX_PARTS) {
        errno = EINVAL;
        return -1;
    }
    for (uint32_t i = 0; i < count; i++) {
        const void *from = (const void *)(uintptr_t)parts[i].tx_buf;
        if (parts[i].len > MAX_BYTES - total) {
            errno = EMSGSIZE;
            return -1;
        }
        if (from) memcpy(tx + total, from, parts[i].len);
        total += parts[i].len;
        ends[i] = total;
        if (parts[i].cs_change || i == count - 1) {
            convert(tx + begun, rx + begun, total - begun);
            begun = total;
        }
    }
    carry(8u * total, parts[0].speed_hz ? parts[0].speed_hz : speed_hz);
    for (uint32_t i = 0; i < count; i++) {
        void *to = (void *)(uintptr_t)parts[i].rx_buf;
        if (to) memcpy(to, rx + ends[i] - parts[i].len, parts[i].len);
    }
    return (int)total;
}

int spi_ioctl(struct file *file, unsigned long request, void *argument) {
    uint32_t speed_hz = file->speed_hz;
    switch (request) {
        case SPI_IOC_WR_MAX_SPEED_HZ: file->speed_hz = *(const uint32_t *)argument; return 0;
        case SPI_IOC_RD_MAX_SPEED_HZ: *(uint32_t *)argument = speed_hz; return 0;
        case SPI_IOC_RD_MODE:
        case SPI_IOC_RD_LSB_FIRST: *(uint8_t *)argument = 0; return 0;
        case SPI_IOC_RD_BITS_PER_WORD: *(uint8_t *)argument = 8; return 0;
        case SPI_IOC_WR_MODE: /* the converter knows 0,0 and 1,1 */
            if (*(const uint8_t *)argument == SPI_MODE_0 || *(const uint8_t *)argument == SPI_MODE_3) return 0;
            errno = EINVAL;
            return -1;
        case SPI_IOC_WR_BITS_PER_WORD:
            if (*(const uint8_t *)argument == 8 || *(const uint8_t *)argument == 0) return 0;
            errno = EINVAL;
            return -1;
        default: break;
    }
    if (_IOC_TYPE(request) == SPI_IOC_MAGIC && _IOC_NR(request) == 0 && _IOC_DIR(request) == _IOC_WRITE) {
        pthread_mutex_lock(&bus);
        int result = spi_message(argument, _IOC_SIZE(request) / sizeof(struct spi_ioc_transfer), speed_hz);
        pthread_mutex_unlock(&bus);
        return result;
    }
    errno = ENOTTY;
    return -1;
}
