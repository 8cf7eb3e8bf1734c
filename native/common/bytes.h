/* Big-endian fields, read and written at a place whose bounds the caller has checked. */
#ifndef DSH_BYTES_H
#define DSH_BYTES_H

#include <stdint.h>

static inline uint16_t read_u16(const uint8_t *at)
{
	return (uint16_t)((at[0] << 8) | at[1]);
}

static inline uint32_t read_u32(const uint8_t *at)
{
	return ((uint32_t)read_u16(at) << 16) | read_u16(at + 2);
}

static inline uint64_t read_u64(const uint8_t *at)
{
	return ((uint64_t)read_u32(at) << 32) | read_u32(at + 4);
}

static inline void write_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void write_u32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

static inline void write_u64(uint8_t *at, uint64_t value)
{
	write_u32(at, (uint32_t)(value >> 32));
	write_u32(at + 4, (uint32_t)value);
}

#endif
