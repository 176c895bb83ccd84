/* See words.h. */
#include "words.h"

bool words_fit(const struct fields *fields, const uint8_t *bytes)
{
	for (uint32_t i = 0; i < fields->count; i++) {
		uint32_t used = fields->bits[i] % 8u;
		if (used && *bytes >> used)
			return false;
		bytes += (fields->bits[i] + 7u) / 8u;
	}
	return true;
}

void words_read(uint64_t *words, const uint8_t *bytes, uint32_t count)
{
	for (uint32_t i = 0; i < (count + 7) / 8; i++)
		words[i] = 0;
	for (uint32_t i = 0; i < count; i++)
		words[i / 8] |= (uint64_t)bytes[i] << (56 - i % 8 * 8);
}

void words_write(uint8_t *bytes, const uint64_t *words, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)(words[i / 8] >> (56 - i % 8 * 8));
}
