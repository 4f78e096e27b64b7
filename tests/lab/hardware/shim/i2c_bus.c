/*
 * The I2C bus with a display on it: what i2c-dev's ioctls do, down to the bytes between start and stop, which go into
 * the log. What the bytes mean is not known here: controller.py decodes them. Called by shim.c.
 */
#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <string.h>
#include <sys/uio.h>

/* The kernel's own limits of I2C_RDWR. */
#define MAX_MESSAGES 42
#define MAX_MESSAGE_BYTES 8192

/* The bus carries one call at a time, and sleeps while it does. */
static pthread_mutex_t bus = PTHREAD_MUTEX_INITIALIZER;

static int append(uint32_t kind, const uint8_t *octets, uint32_t length) {
    struct record head = {now_ns(), kind, length};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)octets, length}};
    ssize_t whole = (ssize_t)(sizeof head + length);
    if (writev(log_fd, parts, 2) == whole) return 0;
    errno = EIO; /* the laboratory's disk is full: better a broken display than a log with holes */
    return -1;
}

/* One write from start to stop; the bus is ours. An address or a byte that nobody acknowledges is EREMOTEIO. */
static int write_display(uint16_t address, const uint8_t *octets, uint32_t length) {
    uint32_t deaf_at = state->deaf_at_byte;
    uint32_t heard = length;
    int is_there = address == state->address && !state->is_deaf;
    if (is_there && deaf_at && deaf_at <= length) {
        state->deaf_at_byte = 0;
        state->is_deaf = 1;
        heard = deaf_at - 1;
    }
    if (is_there) {
        carry(9u * (1u + heard) + 2u, state->i2c_hz); /* start, address, bytes with their acknowledges, stop */
        if (append(WRITTEN, octets, heard)) return -1;
        if (heard == length) return 0;
    } else {
        carry(9u + 2u, state->i2c_hz);
    }
    if (append(REFUSED, NULL, 0)) return -1;
    errno = EREMOTEIO;
    return -1;
}

/* What the kernel makes of an SMBus write on a bus that has only I2C. Reading a display is nothing a panel does. */
static int smbus(uint16_t address, const struct i2c_smbus_ioctl_data *call) {
    uint8_t octets[I2C_SMBUS_BLOCK_MAX + 2] = {call->command};
    uint32_t length;
    if (call->read_write != I2C_SMBUS_WRITE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if (call->size != I2C_SMBUS_QUICK && call->size != I2C_SMBUS_BYTE && !call->data) {
        errno = EINVAL;
        return -1;
    }
    switch (call->size) {
        case I2C_SMBUS_QUICK: return write_display(address, octets, 0);
        case I2C_SMBUS_BYTE: return write_display(address, octets, 1);
        case I2C_SMBUS_BYTE_DATA: octets[1] = call->data->byte; return write_display(address, octets, 2);
        case I2C_SMBUS_WORD_DATA:
            octets[1] = call->data->word & 0xff;
            octets[2] = call->data->word >> 8;
            return write_display(address, octets, 3);
        case I2C_SMBUS_BLOCK_DATA: /* its length travels too */
        case I2C_SMBUS_I2C_BLOCK_DATA:
            length = call->data->block[0];
            if (length == 0 || length > I2C_SMBUS_BLOCK_MAX) {
                errno = EINVAL;
                return -1;
            }
            if (call->size == I2C_SMBUS_BLOCK_DATA) {
                memcpy(octets + 1, call->data->block, length + 1);
                return write_display(address, octets, length + 2);
            }
            memcpy(octets + 1, call->data->block + 1, length);
            return write_display(address, octets, length + 1);
        default: errno = EOPNOTSUPP; return -1;
    }
}

static int rdwr(const struct i2c_rdwr_ioctl_data *call) {
    if (!call->msgs || call->nmsgs == 0 || call->nmsgs > MAX_MESSAGES) {
        errno = EINVAL;
        return -1;
    }
    for (uint32_t i = 0; i < call->nmsgs; i++) {
        const struct i2c_msg *message = &call->msgs[i];
        if (message->len > MAX_MESSAGE_BYTES) {
            errno = EINVAL;
            return -1;
        }
        if (message->flags) { /* a read, or ten bits of address */
            errno = EOPNOTSUPP;
            return -1;
        }
        if (write_display(message->addr, message->buf, message->len)) return -1;
    }
    return (int)call->nmsgs;
}

int i2c_ioctl(struct file *file, unsigned long request, void *argument) {
    int result;
    switch (request) {
        case I2C_SLAVE:
        case I2C_SLAVE_FORCE:
            if ((uintptr_t)argument > 0x7f) {
                errno = EINVAL;
                return -1;
            }
            file->address = (uint16_t)(uintptr_t)argument;
            return 0;
        case I2C_FUNCS: *(unsigned long *)argument = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL; return 0;
        case I2C_SMBUS:
        case I2C_RDWR:
            pthread_mutex_lock(&bus);
            result = request == I2C_RDWR ? rdwr(argument) : smbus(file->address, argument);
            pthread_mutex_unlock(&bus);
            return result;
        default: errno = ENOTTY; return -1;
    }
}
