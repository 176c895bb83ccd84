/*
 * Memory for what is reserved at the size that the program promises and used as it fills: pages come
 * when they are touched, large ones where the kernel has them.
 */
#ifndef P4RSVP_MEMORY_H
#define P4RSVP_MEMORY_H

#include <stddef.h>

/* Zeroed, aligned to a page; NULL where there is none. */
void *memory_reserve(size_t bytes);
void memory_release(void *memory, size_t bytes);

#endif
