/* Keys and parameters: bytes of the control socket to the words of a row, and back. */
#ifndef P4RSVP_WORDS_H
#define P4RSVP_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "program_info.h"
#include "table.h"

/* True where no field has a bit above its width. */
bool words_fit(const struct fields *fields, const uint8_t *bytes);

/* Big-endian bytes, left-aligned, zeros behind the last. */
void words_read(uint64_t *words, const uint8_t *bytes, uint32_t count);
void words_write(uint8_t *bytes, const uint64_t *words, uint32_t count);

/* Of the words that hold an action's parameters. */
static inline uint32_t words_bytes_of(const struct table *table, uint16_t action)
{
	return (fields_bytes(&table->info->actions[action].parameters) + 7) / 8 * 8;
}

#endif
